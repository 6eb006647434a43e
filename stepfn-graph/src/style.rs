//! The colours. They are in classes of the picture's own, since a page shares the styles of all pictures in it, and without variables of
//! CSS, which not every viewer of SVG knows.

/// Names and values of the classes' declarations: in light, in dark.
const RULES: &[(&str, &str, &str)] = &[
    ("text", "fill:#1f2328", "fill:#e6edf3"),
    (".t", "fill:#59636e", "fill:#9aa4b2"),
    (".n", "fill:#f6f8fa;stroke:#6e7781", "fill:#21262d;stroke:#8b949e"),
    (".Task", "fill:#e8f1ff;stroke:#2f6fd0", "fill:#16263f;stroke:#6ea8fe"),
    (".Choice", "fill:#fff4d6;stroke:#b07a10", "fill:#3a2d0c;stroke:#d9a53c"),
    (".Wait", "fill:#f1ebff;stroke:#7a58c1", "fill:#2a2142;stroke:#a98be8"),
    (".Succeed", "fill:#e2f6e9;stroke:#2c8a51", "fill:#12301e;stroke:#56c27f"),
    (".Fail", "fill:#ffe9e7;stroke:#c5382c", "fill:#3d1715;stroke:#f0776b"),
    (".b", "fill:#fbfcfd;stroke:#8c959f", "fill:#161b22;stroke:#6e7681"),
    (".r", "fill:#f1f4f7;stroke:#c3cad2", "fill:#1d232b;stroke:#3d444d"),
    (".e", "stroke:#6e7781", "stroke:#8b949e"),
    (".a", "fill:#6e7781", "fill:#8b949e"),
    (".p", "fill:#ffffff;stroke:#d1d9e0", "fill:#0d1117;stroke:#3d444d"),
    (".n.taken", "fill:#ddffdd;stroke:#008800", "fill:#0f3315;stroke:#3fb950"),
    (".n.never", "fill:#ffdddd;stroke:#cc0000", "fill:#431512;stroke:#ff6a5e"),
    (".b.taken", "stroke:#008800", "stroke:#3fb950"),
    (".b.never", "stroke:#cc0000", "stroke:#ff6a5e"),
    (".e.taken", "stroke:#008800", "stroke:#3fb950"),
    (".e.never", "stroke:#cc0000", "stroke:#ff6a5e"),
    (".a.taken", "fill:#008800", "fill:#3fb950"),
    (".a.never", "fill:#cc0000", "fill:#ff6a5e"),
    ("text.never", "fill:#cc0000", "fill:#ff8a80"),
];

/// The part of the style that does not depend on the colours of the page.
const SHAPES: &str = ".stepfn-graph text{font-family:system-ui,-apple-system,'Segoe UI','Noto Sans','Noto Sans CJK KR','Apple SD Gothic Neo',\
    'Malgun Gothic',sans-serif;font-size:13px;text-anchor:middle}\
    .stepfn-graph .m{font-weight:600}\
    .stepfn-graph .t{font-size:10px;font-weight:400}\
    .stepfn-graph .l{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Noto Sans Mono','DejaVu Sans Mono','Noto Sans Mono CJK KR',monospace;font-size:11px}\
    .stepfn-graph .n,.stepfn-graph .b{stroke-width:1.3}\
    .stepfn-graph .r{stroke-dasharray:3 3}\
    .stepfn-graph .e{fill:none;stroke-width:1.3}\
    .stepfn-graph .catch{stroke-dasharray:6 4}\
    .stepfn-graph .n.taken,.stepfn-graph .n.never,.stepfn-graph .b.taken,.stepfn-graph .b.never,.stepfn-graph .e.taken,.stepfn-graph .e.never{stroke-width:2}";

/// Returns the style sheet: light, dark where the reader's system is, and the theme that rustdoc's own switch selects.
pub(crate) fn sheet() -> String {
    let mut out = SHAPES.to_owned();
    out.push_str(&rules("", |rule| rule.1));
    out.push_str("@media (prefers-color-scheme:dark){");
    out.push_str(&rules("", |rule| rule.2));
    out.push('}');
    out.push_str(&rules("[data-theme=light] ", |rule| rule.1));
    for theme in ["[data-theme=dark] ", "[data-theme=ayu] "] {
        out.push_str(&rules(theme, |rule| rule.2));
    }
    out
}

fn rules(theme: &str, colours: impl Fn(&(&str, &'static str, &'static str)) -> &'static str) -> String {
    RULES.iter().map(|rule| format!("{theme}.stepfn-graph {}{{{}}}", rule.0, colours(rule))).collect()
}
