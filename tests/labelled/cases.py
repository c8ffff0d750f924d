"""What a labelled file is, and the list that collects them.

Every expectation is derived from the text of the rules and from how the file was made, never from a program's output.
"""

from dataclasses import dataclass, field
from typing import Callable, Optional, Union

# Recommendations that tiny pictures cannot meet; a file says in `without` where one of them must not appear.
SMALL = ["video-bitrate-recommended", "resolution-recommended", "aspect-ratio-recommended", "frame-rate-recommended",
         "audio-bitrate-recommended"]


@dataclass
class Case:
    path: str
    content: Union[bytes, Callable[[str], None]]
    errors: list = field(default_factory=list)  # exactly these rules at severity error
    warnings: list = field(default_factory=list)  # at least these at severity warning
    without: list = field(default_factory=list)  # recommendations that must not appear
    may: list = field(default_factory=list)  # rules about which the text can be read in two ways: not scored
    undecided: Optional[list] = field(default_factory=list)  # exactly these; None: not scored
    facts: dict = field(default_factory=dict)
    category: Optional[str] = None
    pack: Optional[str] = None  # a rule pack other than the default one
    accepted_by: Optional[list] = None  # the other packs that take it; None: not scored
    verdict: Optional[str] = None
    deep: Optional[list] = None  # rules at severity error under the deep check; None: not scored
    why: str = ""

    def __post_init__(self):
        # Pictures that are taken hold no damage, so that the deep check takes them as well.
        if self.deep is None and not self.errors and not self.verdict and self.path.startswith(("image/", "gif/", "names/")):
            self.deep = []

    def label(self):
        verdict = self.verdict or ("fail" if self.errors else "undecided" if self.undecided else "pass")
        return {
            "path": self.path, "category": self.category, "pack": self.pack, "accepted_by": self.accepted_by, "verdict": verdict, "errors": sorted(self.errors),
            "warnings": sorted(self.warnings), "may": sorted(self.may + [r for r in SMALL if r not in self.without]),
            "undecided": None if self.undecided is None else sorted(self.undecided), "facts": self.facts, "deep": self.deep, "why": self.why,
        }


CASES = []


def case(path, content, errors=(), **more):
    errors = [errors] if isinstance(errors, str) else list(errors)
    for key in ("warnings", "without", "may"):
        if isinstance(more.get(key), str):
            more[key] = [more[key]]
    new = Case(path, content, errors, **more)
    assert path not in {c.path for c in CASES}, path
    CASES.append(new)
    return new


def sparse(head, length, tail=b""):
    """A file of `length` bytes that begins with `head` and ends in `tail`; what lies between takes no space."""

    def write(path):
        with open(path, "wb") as f:
            f.write(head)
            f.truncate(length)
            if tail:
                f.seek(length - len(tail))
                f.write(tail)

    return write
