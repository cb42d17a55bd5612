"""The base of every part of a plan: frozen, closed to unknown fields, silent about people."""

from typing import Any, ClassVar, NoReturn

from pydantic import BaseModel, ConfigDict

MASK = "***"


class Part(BaseModel):
    """One object of a plan. Its representation shows the fields in `shown` and masks all others."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    shown: ClassVar[frozenset[str]] = frozenset()

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        return [
            (name, value if name in self.shown else MASK)
            for name, value in self.__dict__.items()
            if value is not None
        ]

    def __rich_repr__(self) -> Any:
        yield from self.__repr_args__()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse, without the value that pydantic's own refusal shows."""
        raise AttributeError(f"{type(self).__name__}.{name} cannot be set: plans are frozen.")

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled, which would write what is masked in clear."""
        raise TypeError("A plan is not pickled: send its file's bytes and read them there.")
