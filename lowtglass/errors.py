"""Errors raised by the package."""

__all__ = ["ConvergenceError", "InputError"]


class InputError(ValueError):
    """An argument outside its range.

    Parameters
    ----------
    argument : str
        Name of the argument.
    value : object
        The value received.
    expected : str
        The allowed range in words, e.g. ``"a finite number > 0"``.
    """

    def __init__(self, argument, value, expected):
        self.argument = argument
        self.value = value
        self.expected = expected
        super().__init__(argument, value, expected)

    def __str__(self):
        shown = repr(self.value)
        if len(shown) > 200:
            shown = shown[:200] + "…"
        return f"{self.argument} = {shown}: expected {self.expected}"


class ConvergenceError(RuntimeError):
    """An iteration or expansion did not reach the accuracy asked for.

    Parameters
    ----------
    message : str
        What did not converge.
    last : object
        The last iterate.
    residual : float or ndarray
        Residual or error estimate of the last iterate.
    iterations : int
        Number of iterations, or size of the largest expansion tried.
    """

    def __init__(self, message, last=None, residual=float("nan"), iterations=0):
        self.message = message
        self.last = last
        self.residual = residual
        self.iterations = iterations
        super().__init__(message, last, residual, iterations)

    def __str__(self):
        return f"{self.message} (residual {self.residual}, iterations {self.iterations})"
