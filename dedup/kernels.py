"""Kernels: functions on arrays that numba compiles once, and that later processes load without numba.

Importing numba and filling its registries takes most of a second, which a process that looks at one article
cannot spend. So the machine code of each kernel is kept, as numba's own cache does, but in a form that needs
only llvmlite and three C extensions of numba: about a millisecond a kernel. The code is kept in `__pycache__`
beside the kernel's file, or in the user's cache folder where that cannot be written. It is used as long as
numba, numpy, Python, the processor and the source of the kernel, and of all that it calls, are the same.
"""

from __future__ import annotations

import builtins
import ctypes
import os
import pickle
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from threading import RLock
from types import CodeType, ModuleType
from typing import Any

import numpy as np
from xxhash import xxh3_64_hexdigest

from dedup.whole_file import put_whole

ROWS, LAYOUT = 0x1, 0x503
"""The flags of an array that its compiled code depends on: contiguous (C, Fortran), aligned, writeable.
To numba an array that is contiguous by rows (C) is just that; one row alone is contiguous by columns too."""

CODE_SETTINGS = (
    "CPU_NAME", "CPU_FEATURES", "OPT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "ENABLE_AVX", "DISABLE_INTEL_SVML",
    "BOUNDSCHECK", "DEBUGINFO", "ENABLE_PROFILING", "EXTEND_VARIABLE_LIFETIMES", "DEBUG_JIT", "DEBUG_NRT",
    "LLVM_REFPRUNE_PASS", "LLVM_REFPRUNE_FLAGS",
)  # fmt: skip
"""The variables NUMBA_... that decide about the code that numba makes. The others say where it keeps its own,
how many threads it has, or what it prints; these may be set, and are in many a container, without a need to
compile anything anew."""

unkept: set[str] = set()
"""Kernels that were compiled for this process alone, since neither of their folders can be written."""

_lock = RLock()


class Kernel:
    """A function that numba compiles (nopython, without the GIL) for each combination of argument types.

    Arguments are arrays, numbers and tuples of them; other kernels are called as plain functions.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.__wrapped__ = function
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__
        self.__module__ = function.__module__
        self._compiled: dict[tuple[Any, ...], Callable[..., Any]] = {}
        self._dispatcher: Any = None

    def __call__(self, *arguments: Any) -> Any:
        """Run it; raises what numba raises for types that it cannot compile."""
        types = tuple(map(_type_of, arguments))
        compiled = self._compiled.get(types)
        if compiled is None:
            with _lock:
                compiled = self._compiled.get(types) or self._loaded(types) or self._built(types, arguments)
                self._compiled[types] = compiled
        return compiled(*arguments)

    @property
    def _numba_type_(self) -> Any:
        """What numba takes this for where another kernel calls it."""
        return self.dispatcher._numba_type_

    @property
    def dispatcher(self) -> Any:
        """Numba's own object for this kernel."""
        with _lock:
            if self._dispatcher is None:
                self._dispatcher = _numba().njit(nogil=True, boundscheck=False)(self.__wrapped__)
            return self._dispatcher

    def _loaded(self, types: tuple[Any, ...]) -> Callable[..., Any] | None:
        for folder in self._folders():
            with suppress(OSError):
                content = (folder / self._file_name(types)).read_bytes()
                if xxh3_64_hexdigest(content[16:]) == content[:16].decode("ascii", "replace"):
                    return _linker().load(self, content[16:])
        return None

    def _built(self, types: tuple[Any, ...], arguments: tuple[Any, ...]) -> Callable[..., Any]:
        _tell()
        numba = _numba()
        signature = tuple(numba.typeof(argument) for argument in arguments)
        self.dispatcher.compile(signature)
        result = self.dispatcher.overloads[signature]
        compiled: Callable[..., Any] = result.entry_point
        code = result.library._get_compiled_object()  # noqa: SLF001 - numba's own cache does the same
        environments = [(each.env_name, each.consts) for each in result._find_referenced_environments()]  # noqa: SLF001
        wrapper = result.fndesc.llvm_cpython_wrapper_name
        content = pickle.dumps((code, wrapper, result.fndesc.env_name, environments))
        for folder in self._folders():
            with suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
                self._keep(folder, self._file_name(types), content)
                break
        else:
            unkept.add(self.__name__)
            _tell_unkept()
        return compiled

    def _keep(self, folder: Path, name: str, content: bytes) -> None:
        """Write a file whole or not at all, in place of those that an older source left."""
        with put_whole(folder / name) as part:
            part.write_bytes(xxh3_64_hexdigest(content).encode("ascii") + content)
        (folder / name).chmod(0o644)  # one user makes an image, another runs it
        for old in folder.glob(f"{name.rsplit('-', 1)[0]}-*.kernel"):
            if old.name != name:
                old.unlink(missing_ok=True)

    def _folders(self) -> Iterator[Path]:
        yield Path(self.__wrapped__.__code__.co_filename).parent / "__pycache__"
        # by the module and not by its path: Spark puts the package in another place for each job
        try:
            home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
        except RuntimeError:  # a user that the system does not know, as in a container, has none
            return
        yield home / "dedup" / self.__module__

    def _file_name(self, types: tuple[Any, ...]) -> str:
        machine = _digest(repr((_versions(), types)))
        source = _digest(repr(sorted(_sources(self, set()))))
        return f"{self.__module__.rsplit('.', 1)[-1]}.{self.__name__}-{machine}-{source}.kernel"


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function a Kernel."""
    return Kernel(function)


@cache
def _tell() -> None:
    import logging

    logging.getLogger("dedup").info("compiling for this machine, which is done once (`dedup prepare`)")


@cache
def _tell_unkept() -> None:
    import logging

    logging.getLogger("dedup").warning(
        "what is compiled cannot be kept, neither beside the package nor in the user's cache: each process"
        " compiles it anew"
    )


def _digest(text: str) -> str:
    return xxh3_64_hexdigest(text.encode())


def _type_of(argument: Any) -> Any:
    """What the compiled code of an argument depends on."""
    if type(argument) is np.ndarray:
        flags = argument.flags.num
        return argument.dtype, argument.ndim, flags & (LAYOUT & ~2 if flags & ROWS else LAYOUT)
    if isinstance(argument, tuple):
        return type(argument), *map(_type_of, argument)
    return type(argument)


def _sources(kernel: Kernel, seen: set[str]) -> Iterator[str]:
    """Of a kernel and of those that it calls: the source file, and the constants that it is compiled with."""
    name = f"{kernel.__module__}.{kernel.__name__}"
    if name in seen:
        return
    seen.add(name)
    code = kernel.__wrapped__.__code__
    yield f"{name} {_digest_of_source(kernel.__module__, code.co_filename)}"
    around = kernel.__wrapped__.__globals__
    for used in sorted(_names(code)):
        value = around.get(used)
        if isinstance(value, Kernel):
            yield from _sources(value, seen)
        elif isinstance(value, np.ndarray):
            yield f"{name} {used} {value.dtype} {value.shape} {xxh3_64_hexdigest(value.tobytes())}"
        elif isinstance(value, int | float | np.generic | tuple):
            yield f"{name} {used} {value!r}"


def _names(code: CodeType) -> set[str]:
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(_names, inner))


@cache
def _digest_of_source(module: str, path: str) -> str:
    """By the module's loader, for the package may be a zip."""
    return xxh3_64_hexdigest(sys.modules[module].__loader__.get_data(path))  # type: ignore[union-attr]


@cache
def _versions() -> tuple[str, ...]:
    """Of everything but the source that decides about the machine code."""
    from llvmlite import binding as llvm

    features = llvm.get_host_cpu_features().flatten()
    given = ((name, os.environ.get(f"NUMBA_{name}")) for name in CODE_SETTINGS)
    settings = ",".join(f"{name}={value}" for name, value in given if value is not None)
    return _version_of_numba(), np.__version__, sys.version, llvm.get_host_cpu_name(), features, settings


def _version_of_numba() -> str:
    """By the file that numba has it in: to ask importlib.metadata takes 40 ms."""
    with suppress(OSError):
        return _digest(_in_numba("_version.py").read_text("utf-8"))
    from importlib.metadata import version

    return version("numba")


def _numba() -> ModuleType:
    """Import numba without scipy: that takes 0.3 s, for a linear algebra that no kernel has."""
    blas = "scipy.linalg.cython_blas"
    known = blas in sys.modules
    if not known:
        sys.modules[blas] = None  # type: ignore[assignment]
    try:
        import numba
        import numba.np.arraymath
    finally:
        if not known:
            del sys.modules[blas]
    return numba


class _Linker:
    """Links machine code that numba made, with the C helpers that it calls."""

    def __init__(self) -> None:
        from llvmlite import binding as llvm

        self._llvm = llvm
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        helpers, self._functions = _extension("numba._helperlib"), _extension("numba._dynfunc")
        runtime = _extension("numba.core.runtime._nrt_python")
        runtime.memsys_use_cpython_allocator()
        symbols = {
            "_Py_NoneStruct": id(None),
            "numba_unpickle": ctypes.cast(_unpickle, ctypes.c_void_p).value,
        }
        for module in (helpers, self._functions):
            for name, address in module.c_helpers.items():
                symbols.setdefault(f"numba_{name}", address)
                symbols.setdefault(name, address)
        for name, address in runtime.c_helpers.items():
            symbols[name if name.startswith("_") else f"NRT_{name}"] = address
        for value in vars(builtins).values():
            if isinstance(value, type) and issubclass(value, BaseException):
                symbols[f"PyExc_{value.__name__}"] = id(value)
        for name, address in symbols.items():
            llvm.add_symbol(name, address)
        self._target = llvm.Target.from_default_triple()

    def load(self, kernel: Kernel, content: bytes) -> Callable[..., Any]:
        code, wrapper, main, environments = pickle.loads(content)  # noqa: S301 - our own file
        machine = self._target.create_target_machine(jit=True)  # the engine will own it
        engine = self._llvm.create_mcjit_compiler(self._llvm.parse_assembly(""), machine)
        engine.add_object_file(self._llvm.ObjectFileRef.from_data(code))
        engine.finalize_object()
        kept = {}
        for name, constants in environments:
            environment = self._functions.Environment(kernel.__wrapped__.__globals__)
            environment.consts.extend(constants)
            place = ctypes.c_void_p.from_address(engine.get_global_value_address(name))
            place.value = id(environment)
            kept[name] = environment
        address = engine.get_function_address(wrapper)
        module = sys.modules[kernel.__module__]
        alive = (engine, kept)
        compiled: Callable[..., Any] = self._functions.make_function(
            module, kernel.__name__, kernel.__doc__ or "", address, kept[main], alive
        )
        return compiled


@cache
def _linker() -> _Linker:
    return _Linker()


def _in_numba(*names: str) -> Path:
    package = find_spec("numba")
    if package is None or package.origin is None:
        raise ImportError("numba is not installed")
    return Path(package.origin).parent.joinpath(*names)


def _extension(name: str) -> ModuleType:
    """A C extension of numba, without numba."""
    if name in sys.modules:
        return sys.modules[name]
    stem = _in_numba(*name.split(".")[1:])
    path = next(found for suffix in EXTENSION_SUFFIXES if (found := Path(f"{stem}{suffix}")).exists())
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded")
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@cache
def _unpickled(data: int, size: int, _digest: int) -> Any:
    """What numba_unpickle of numba does, importing the whole of it."""
    return pickle.loads(ctypes.string_at(data, size))  # noqa: S301 - out of our own machine code


_unpickle = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(_unpickled)
