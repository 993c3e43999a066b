/* Preloaded before the C library: lets reads and writes of one file fail, as those of a broken disk do. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

static long *calls, first = -1, last = -1; /* the count is shared with children: their parent reads it */
static char name[4096];

__attribute__((constructor)) static void begin(void)
{
    calls = mmap(NULL, sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* From now on count the calls for files whose path holds `part`; those in [from, to) fail. */
void disk_fails(const char *part, long from, long to)
{
    strncpy(name, part, sizeof name - 1);
    *calls = 0;
    first = from;
    last = to;
}

long disk_calls(void) { return *calls; }

static int fails(int fd)
{
    char link[64], path[4096];
    ssize_t n;

    if (!*name)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof path - 1);
    if (n < 0)
        return 0;
    path[n] = 0;
    if (!strstr(path, name))
        return 0;
    n = (*calls)++;
    if (n < first || n >= last)
        return 0;
    errno = EIO;
    return 1;
}

#define REPLACE(type, function, parameters, arguments)                       \
    type function parameters                                                 \
    {                                                                        \
        static type(*real) parameters;                                       \
        if (!real)                                                           \
            real = (type(*) parameters)dlsym(RTLD_NEXT, #function);          \
        return fails(fd) ? -1 : real arguments;                              \
    }

REPLACE(ssize_t, pread, (int fd, void *to, size_t n, off_t at), (fd, to, n, at))
REPLACE(ssize_t, pread64, (int fd, void *to, size_t n, off64_t at), (fd, to, n, at))
REPLACE(ssize_t, pwrite, (int fd, const void *from, size_t n, off_t at), (fd, from, n, at))
REPLACE(ssize_t, pwrite64, (int fd, const void *from, size_t n, off64_t at), (fd, from, n, at))
REPLACE(int, ftruncate, (int fd, off_t n), (fd, n))
REPLACE(int, ftruncate64, (int fd, off64_t n), (fd, n))
REPLACE(int, fsync, (int fd), (fd))
REPLACE(int, fdatasync, (int fd), (fd))
