//! The rules: each holds facts against the limits of a pack and yields findings.

/// A rule: what it is called and what it is for.
#[derive(Debug)]
pub struct Rule {
    /// Identifier, named for the fault: reads after "allow". Never changes its meaning.
    pub id: &'static str,
    /// What the rule finds, in one line.
    pub summary: &'static str,
    /// The source of the rule's file, whose opening comment is the explanation.
    source: &'static str,
}

impl Rule {
    /// What the rule checks, why it matters, how to mend it, and how the limit is known: Markdown.
    pub fn explanation(&self) -> String {
        self.source.to_owned()
    }
}

/// All rules, in the order in which they are listed.
pub fn all() -> &'static [Rule] {
    &[]
}

/// The rule with that identifier.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().iter().find(|rule| rule.id == id)
}

/// The identifier that is nearest to a misspelt one.
pub fn nearest(id: &str) -> Option<&'static str> {
    all().iter().map(|rule| rule.id).max_by(|a, b| strsim::jaro(a, id).total_cmp(&strsim::jaro(b, id)))
}
