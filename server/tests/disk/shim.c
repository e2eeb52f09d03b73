/*
 * A disk that fails, for tests: loaded in front of the C library with LD_PRELOAD.
 *
 * DISK_FOLDER    only files below this folder are meant
 * DISK_SWITCHES  a folder; while the file `full` is in it, writing says that there is no space, while
 *                `quota` is, that the owner may have no more, while `too_big` is, that the file may
 *                not grow, and while `broken` is, that the disk failed; while `eio` or `late` is in
 *                it, syncing says that the disk failed, or that the owner may have no more
 * DISK_TAPE      every write, truncation, removal and sync is noted down in this file, and so is
 *                every line on standard output, so that a power cut can be played at each of them
 *
 * A note is: kind (1 byte), length of the path (4), place (8), length of the data (8), path, data;
 * numbers as the machine has them. One lock makes the order of the notes the order of the calls.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int tape = -2;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static int (*real_truncate)(int, off64_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_unlink)(const char *);

__attribute__((constructor)) static void find_real(void) {
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_truncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
}

/* The path of an open file below the folder; 0 for every other one. */
static int below(int fd, char *path) {
    char link[64];
    const char *folder = getenv("DISK_FOLDER");
    ssize_t length;
    if (!folder) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

static int is_on(const char *name) {
    char path[PATH_MAX];
    const char *switches = getenv("DISK_SWITCHES");
    if (!switches) return 0;
    snprintf(path, sizeof path, "%s/%s", switches, name);
    return access(path, F_OK) == 0;
}

static void put(const void *bytes, size_t length) {
    const char *at = bytes;
    while (length > 0) {
        ssize_t done = real_write(tape, at, length);
        if (done <= 0) abort();
        at += done;
        length -= done;
    }
}

static void note(char kind, const char *path, uint64_t place, const void *data, uint64_t length) {
    const char *name = getenv("DISK_TAPE");
    uint32_t named = path ? strlen(path) : 0;
    if (!name) return;
    if (tape == -2) tape = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (tape < 0) abort();
    put(&kind, 1);
    put(&named, sizeof named);
    put(&place, sizeof place);
    put(&length, sizeof length);
    put(path, named);
    put(data, length);
}

static ssize_t write_at(int fd, const void *data, size_t length, off64_t place, int here) {
    char path[PATH_MAX];
    ssize_t done;
    int saved;
    if (fd == STDOUT_FILENO) {
        pthread_mutex_lock(&lock);
        note('O', NULL, 0, data, length);
        pthread_mutex_unlock(&lock);
    }
    if (fd == tape || !below(fd, path)) {
        return here ? real_write(fd, data, length) : real_pwrite(fd, data, length, place);
    }
    errno = is_on("full")      ? ENOSPC
            : is_on("quota")   ? EDQUOT
            : is_on("too_big") ? EFBIG
            : is_on("broken")  ? EIO
                               : 0;
    if (errno != 0) return -1;
    pthread_mutex_lock(&lock);
    if (here) place = lseek64(fd, 0, SEEK_CUR);
    done = here ? real_write(fd, data, length) : real_pwrite(fd, data, length, place);
    saved = errno;
    if (done > 0) note('W', path, place, data, done);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return done;
}

ssize_t write(int fd, const void *data, size_t length) {
    if (!real_write) find_real();
    return write_at(fd, data, length, 0, 1);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t place) {
    return write_at(fd, data, length, place, 0);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t place) {
    return write_at(fd, data, length, place, 0);
}

int ftruncate64(int fd, off64_t length) {
    char path[PATH_MAX];
    int done, saved;
    if (!below(fd, path)) return real_truncate(fd, length);
    pthread_mutex_lock(&lock);
    done = real_truncate(fd, length);
    saved = errno;
    if (done == 0) note('T', path, length, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return done;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

/* The lock is held while the disk syncs, so that no write slips in that was not there yet. */
static int sync_with(int fd, int (*real)(int)) {
    char path[PATH_MAX];
    int done, saved;
    if (!below(fd, path)) return real(fd);
    if (is_on("eio") || is_on("late")) {
        errno = is_on("eio") ? EIO : EDQUOT;
        return -1;
    }
    pthread_mutex_lock(&lock);
    done = real(fd);
    saved = errno;
    if (done == 0) note('S', path, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return done;
}

int fsync(int fd) { return sync_with(fd, real_fsync); }

int fdatasync(int fd) { return sync_with(fd, real_fdatasync); }

int unlink(const char *path) {
    const char *folder = getenv("DISK_FOLDER");
    int done, saved;
    if (!folder || strncmp(path, folder, strlen(folder)) != 0) return real_unlink(path);
    pthread_mutex_lock(&lock);
    done = real_unlink(path);
    saved = errno;
    if (done == 0) note('U', path, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return done;
}
