//! What the Serverless Framework and its plugin do not take, in words.

/// A definition that the Serverless Framework and its plugin cannot express.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A `${` without its `}`.
    #[error("`${{` has no closing `}}`, which CloudFormation would look for in the rest of the definition")]
    Unclosed,
    /// A `$` right before a variable of the Serverless Framework.
    #[error("the Serverless Framework swallows a `$` right before its variable; put something between them")]
    SwallowedDollar,
    /// A reference in a machine's name.
    #[error(
        "the Serverless plugin takes a text for a machine's name, and `{0}` is none; use `${{Stage}}`, `${{Region}}`, `${{Account}}` or a variable of the Framework"
    )]
    Name(String),
    /// A `#{…}` in a field that has to stay a text.
    #[error(
        "`#{{` is the Serverless plugin's own sign for a reference, and this field cannot escape it; write `${{Name}}` for a reference, or other brackets"
    )]
    PluginVariable,
    /// A key with a variable.
    #[error(
        "`${{` and `#{{` cannot be in the key `{0}`: the Serverless Framework resolves values only, and its plugin everything"
    )]
    Key(String),
    /// A key that makes an object an intrinsic function.
    #[error("the key `{0}` makes this object an intrinsic function of CloudFormation; name it otherwise")]
    IntrinsicKey(String),
    /// `{{resolve:…}}` in a field that has to stay a text.
    #[error(
        "CloudFormation puts what SSM or Secrets Manager hold in the place of `{0}`, and the Serverless plugin has no way to hide it \
         here; put it together at run time: `States.Format('{{}}resolve:…', …)`, or `&` in JSONata"
    )]
    DynamicReference(String),
    /// A reference in the place of a number.
    #[error(
        "`{0}` is where ASL requires a number, and the Serverless plugin makes strings of references; write the number, or use the field's `…Path`"
    )]
    NumberReference(String),
    /// A number that JavaScript does not have.
    #[error(
        "the number {0} turns into another one, since the Serverless Framework reads numbers as JavaScript does; use a text"
    )]
    Number(String),
    /// An ARN that the plugin's schema refuses.
    #[error(
        "the Serverless plugin refuses `{0}` for an ARN; use one `!Ref` or `!GetAtt`, or `!Ref`s from colon to colon of an ARN"
    )]
    Arn(String),
    /// A log group that the plugin's schema refuses.
    #[error(
        "the Serverless plugin refuses `{0}` for a log group; use one `!Ref` or `!GetAtt`, or `!Ref`s from colon to colon of an ARN"
    )]
    Destination(String),
}
