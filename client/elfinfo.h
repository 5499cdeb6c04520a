/*
 * elfinfo.h - what an executable's file tells about it.
 */
#ifndef CLIENT_ELFINFO_H
#define CLIENT_ELFINFO_H

#include <jansson.h>
#include <stdbool.h>

/*
 * Read a file. Returns a new object: path, kind (c, go, gc, plain), format
 * (elf, script, other), note {version, ring_abi, ctl_abi}, pie, stripped,
 * packages [{name, init, imports}], and with symbols: functions [{addr, size,
 * name}] by address. NULL with a sentence in *ret_cause (owned) when the file
 * can't be read. Missing parts are missing fields: a damaged file is told
 * about as far as it makes sense.
 */
json_t *elfinfo_read(const char *path, bool symbols, char **ret_cause);

/* Read and print; returns an exit code. */
int elfinfo_show(const char *path, bool symbols, bool json);

#endif
