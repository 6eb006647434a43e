use super::all;

#[test]
fn names_map_over_arrays() {
    all(&[
        ("name", "\"Ada\""),
        ("items.sku", r#"["a1","b2","c3"]"#),
        ("items.tags", r#"["x","x","y"]"#),
        ("owner.address.city", "\"Paris\""),
        ("items.missing", "undefined"),
        ("missing.sku", "undefined"),
        ("name.x", "undefined"),
        ("$.name", "\"Ada\""),
        ("$$.owner.name", "\"Bob\""),
        ("`name`", "\"Ada\""),
        ("'owner'.name", "\"Bob\""),
    ]);
}

#[test]
fn one_value_is_itself_unless_it_is_kept() {
    all(&[
        ("one.sku", "\"z9\""),
        ("one.sku[]", r#"["z9"]"#),
        ("one[].sku", r#"["z9"]"#),
        ("one", r#"[{"sku":"z9","price":1}]"#),
        ("items[0].tags", r#"["x"]"#),
        ("items.tags[0]", r#"["x","x"]"#),
        ("name[]", r#"["Ada"]"#),
        ("({'a': one.sku[]}).a", "\"z9\""),
        ("({'a': one.sku[]})", r#"{"a":["z9"]}"#),
        ("empty", "[]"),
        ("empty[]", "[]"),
    ]);
}

#[test]
fn data_goes_through_as_it_is() {
    all(&[
        ("id", "12345678901234567"),
        ("rate", "1.0"),
        ("[id, rate]", "[12345678901234567,1.0]"),
        ("rate + 0", "1"),
        (
            "{'a': owner}",
            r#"{"a":{"name":"Bob","address":{"city":"Paris"},"items":[{"sku":"q","price":3}]}}"#,
        ),
        ("nested", "[[1,2],[3,[4,5]]]"),
        ("nested.$", "[1,2,3,[4,5]]"),
    ]);
}

#[test]
fn predicates_choose_by_condition_and_by_place() {
    all(&[
        ("items[price > 5].sku", r#"["a1","c3"]"#),
        ("items[0].sku", "\"a1\""),
        ("items[-1].sku", "\"c3\""),
        ("items[1.9].sku", "\"b2\""),
        ("items[[0, 2]].sku", r#"["a1","c3"]"#),
        ("items[7]", "undefined"),
        ("items[sku = 'b2'][0].qty", "4"),
        (
            "items[tags]",
            r#"[{"sku":"a1","price":10,"qty":2,"tags":["x"]},{"sku":"b2","price":2.5,"qty":4,"tags":["x","y"]}]"#,
        ),
        ("nested[0]", "[1,2]"),
        ("nested[0][1]", "2"),
        ("(items.sku)[1]", "\"b2\""),
        ("name[0]", "\"Ada\""),
    ]);
}

#[test]
fn wildcards_and_descendants() {
    all(&[
        ("owner.*", r#"["Bob",{"city":"Paris"},{"sku":"q","price":3}]"#),
        ("$count(**)", "35"),
        ("**.sku", r#"["a1","b2","c3","z9","q"]"#),
        ("owner.**.city", "\"Paris\""),
        ("none.*", "undefined"),
    ]);
}

#[test]
fn parents_positions_and_joins() {
    all(&[
        ("owner.address.city.%.%.name", "\"Bob\""),
        ("owner.items.{'who': %.name, 'sku': sku}", r#"{"who":"Bob","sku":"q"}"#),
        ("items#$i[price > 5].{'at': $i, 'sku': sku}", r#"[{"at":0,"sku":"a1"},{"at":2,"sku":"c3"}]"#),
        ("items[price > 5]#$i.($i & sku)", r#"["0a1","1c3"]"#),
        ("items@$i.one@$o[$o.price < $i.price].($i.sku & $o.sku)", r#"["a1z9","b2z9","c3z9"]"#),
        ("items.tags.($ & %.sku)", r#"["xa1","xb2","yb2"]"#),
        ("items@$i.{$i.sku: $i.qty}", r#"[{"a1":2},{"b2":4},{"c3":0}]"#),
        // What has no name binds nothing.
        ("items@$.sku", r#"["a1","b2","c3"]"#),
        ("items@$.{'s': sku, 'of': %.items[0].sku}.of", r#"["a1","a1","a1"]"#),
        ("items@$i{$i.sku: $i.qty}", r#"{"a1":2,"b2":4,"c3":0}"#),
    ]);
}

#[test]
fn orders_are_stable_and_put_what_is_missing_last() {
    all(&[
        ("items^(price).sku", r#"["b2","c3","a1"]"#),
        ("items^(>price).sku", r#"["a1","c3","b2"]"#),
        ("items^($count(tags), >sku).sku", r#"["c3","a1","b2"]"#),
        ("items^(tags[1]).sku", r#"["b2","a1","c3"]"#),
        ("items^(>tags[1]).sku", r#"["b2","a1","c3"]"#),
        (
            "items^(null)",
            "T2008: The expressions within an order-by clause must evaluate to numeric or string values",
        ),
        (
            "items^(qty = 0 ? 'none' : qty)",
            "T2007: Type mismatch when comparing values 4 and \"none\" in order-by clause",
        ),
    ]);
}

#[test]
fn groups() {
    all(&[
        ("items{sku: price}", r#"{"a1":10,"b2":2.5,"c3":7}"#),
        ("items{price > 5 ? 'dear' : 'cheap': $sum(price)}", r#"{"dear":17,"cheap":2.5}"#),
        ("items.{'s': sku}", r#"[{"s":"a1"},{"s":"b2"},{"s":"c3"}]"#),
        ("{'a': missing, 'b': 1}", r#"{"b":1}"#),
        ("{'2': 'b', '1': 'a', 'x': 0}", r#"{"1":"a","2":"b","x":0}"#),
        ("missing{'a': 1}", r#"{"a":1}"#),
        ("{name: 1}", r#"{"Ada":1}"#),
        ("{1: 1}", "T1003: Key in object structure must evaluate to a string; got: 1"),
        ("{'a': 1, 'a': 2}", "D1009: Multiple key definitions evaluate to same key: \"a\""),
    ]);
}

#[test]
fn what_brackets_make_in_a_path_is_one_value() {
    all(&[
        ("items.[sku, price]", r#"[["a1",10],["b2",2.5],["c3",7]]"#),
        ("one.[sku]", r#"["z9"]"#),
        ("($x := one.[$]; $x.sku)", "\"z9\""),
        ("($x := owner.[$, items]; $x.sku)", "\"q\""),
        ("[owner].name", "\"Bob\""),
        ("[items, one].sku", r#"["a1","b2","c3","z9"]"#),
        ("($x := {'a': one.[$]}; $x.a.sku)", "\"z9\""),
    ]);
}
