"""A Dockerfile as the list of its steps. Only the instructions that this project uses are known; any other is an error,
so that a step is never passed over in silence."""

import dataclasses
import json
import re
import shlex

KNOWN = {
    "FROM", "RUN", "COPY", "WORKDIR", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "ENTRYPOINT", "CMD",
}


class DockerfileError(Exception):
    """A step that these scripts do not know how to carry out."""


@dataclasses.dataclass
class Step:
    line: int
    instruction: str
    text: str

    def flags_and_words(self):
        """`--flag=value` as a dictionary, and the words after them."""
        flags, words = {}, []
        for word in shlex.split(self.text):
            matched = re.fullmatch(r"--([a-z-]+)=(.*)", word)
            if matched and not words:
                flags[matched[1]] = matched[2]
            else:
                words.append(word)
        return flags, words

    def exec_form(self):
        """The words of a JSON array; the shell form has no place in an image without a shell."""
        try:
            words = json.loads(self.text)
        except json.JSONDecodeError:
            raise DockerfileError(f"line {self.line}: {self.instruction} must be a JSON array") from None
        return words


def steps(text):
    """Comments dropped and continued lines joined, each step with the number of its first line."""
    found, begun, number = [], None, 0
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#") or (not line.strip() and begun is None):
            continue
        first, joined = begun or (number, "")
        if line.endswith("\\"):
            begun = (first, joined + line[:-1] + " ")
            continue
        begun = None
        instruction, _, rest = (joined + line).strip().partition(" ")
        if instruction.upper() not in KNOWN:
            raise DockerfileError(f"line {first}: no such step is known here: {instruction}")
        found.append(Step(first, instruction.upper(), rest.strip()))
    if begun is not None:
        raise DockerfileError(f"line {number}: the last line is continued")
    return found
