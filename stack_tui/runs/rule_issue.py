"""What a rule found wrong with an output: stored as data, put into words where it is printed."""

import msgspec

_LISTED = {
    "must_mention": "missing required",
    "must_not_mention": "contains forbidden",
    "regex": "does not match",
    "not_regex": "matches forbidden",
}
_UNITS = {"max_chars": "characters", "max_words": "words", "max_sentences": "sentences"}
_IN_WORDS = {
    "must_mention": "missing",
    "must_not_mention": "forbidden",
    "regex": "does not match",
    "not_regex": "forbidden match",
    "equals": "not equal to",
    "one_of": "not one of",
    "starts_with": "does not start with",
}


class RuleIssue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An issue; `str` gives the form that custom-eval prints, `words` the form for a screen."""

    rule: str = ""
    """The rule's name in a suite's file; empty if an older version stored the issue as text."""
    phrases: tuple[str | tuple[str, ...], ...] = ()
    """The phrases, patterns or texts that are not as wanted; alternatives form one tuple."""
    wanted: str = ""
    """The limit or the number that was wanted, such as "50" or "3 ± 0.1"."""
    found: str = ""
    """The length or number of the output; empty if it holds no number."""
    too_slow: bool = False
    """Whether matching the patterns took too long."""
    text: str = ""
    """The issue as it is printed, if it has no other data: a JSON problem, or an old record."""

    def __str__(self) -> str:
        phrases = [phrase if isinstance(phrase, str) else list(phrase) for phrase in self.phrases]
        if self.text or not self.rule:
            return self.text
        if self.too_slow:
            return f"pattern took too long: {phrases}"
        match self.rule:
            case "length_check":
                return "summary longer than input"
            case "equals" | "starts_with":
                return f"{_IN_WORDS[self.rule]}: {phrases[0]!r}"
            case "one_of":
                return f"not one of: {phrases}"
            case "number" if not self.found:
                return f"no number, wanted: {self.wanted}"
            case "number":
                return f"number {self.found} is not {self.wanted}"
            case "max_chars" | "max_words" | "max_sentences":
                return f"longer than {self.wanted} {_UNITS[self.rule]}: {self.found}"
        return f"{_LISTED.get(self.rule, self.rule)}: {phrases}"

    @property
    def words(self) -> str:
        """The issue in plain words, such as "missing: KV, 30 days or thirty days"."""
        phrases = ", ".join(
            phrase if isinstance(phrase, str) else " or ".join(phrase) for phrase in self.phrases
        )
        if self.text or not self.rule:
            return self.text
        if self.too_slow:
            return f"pattern took too long: {phrases}"
        match self.rule:
            case "length_check":
                return "longer than the input"
            case "number":
                return f"number {self.found or 'missing'}, wanted {self.wanted}"
            case "max_chars" | "max_words" | "max_sentences":
                return f"{self.found} {_UNITS[self.rule]}, maximum {self.wanted}"
        return f"{_IN_WORDS.get(self.rule, self.rule)}: {phrases}"


def issue_of_text(text: str) -> RuleIssue:
    """Return the issue that version 0.1.0 stored as `text`; it prints as it was."""
    rules = (rule for rule, start in _LISTED.items() if text.startswith(f"{start}:"))
    return RuleIssue(rule=next(rules, ""), text=text)
