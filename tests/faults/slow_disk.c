/* Makes every flush to the disk take longer, or fail: loaded in front of libc by LD_PRELOAD.

   The file named by DISK_FAULT says how: milliseconds to wait before the flush, and the error number
   to fail with after it, 0 for none. It is read anew each time, so that a test can change its mind. */

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int flush(long call, int descriptor) {
    int milliseconds = 0, error = 0;
    FILE *file = fopen(getenv("DISK_FAULT"), "r");
    if (file) {
        if (fscanf(file, "%d %d", &milliseconds, &error) < 1) milliseconds = 0;
        fclose(file);
    }
    usleep(milliseconds * 1000);
    int result = syscall(call, descriptor);
    if (!error) return result;
    errno = error;
    return -1;
}

int fsync(int descriptor) { return flush(SYS_fsync, descriptor); }

int fdatasync(int descriptor) { return flush(SYS_fdatasync, descriptor); }
