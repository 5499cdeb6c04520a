/*
 * kind.h - what a program is, read off its file. Shared with nobody else: the
 * client shows what the supervisor answers.
 */
#ifndef DAEMON_KIND_H
#define DAEMON_KIND_H

#include <stdbool.h>
#include <stdint.h>

struct program_kind {
	const char *name;  /* "c", "go", "gc", "plain" (static) */
	bool noted;        /* it has our ELF note */
	uint32_t ring_abi, ctl_abi;
	char version[32];  /* of gort, or of Go for kind gc; may be "" */
	/* Its segments end here, the file before; 0: it is whole. The kernel
	 * would start it, and it would die of SIGBUS or worse. */
	uint64_t missing_to, file_bytes;
};

/*
 * Look at an open file. Always sets ret; a file that cannot be read or is no
 * ELF is "plain". The file is untrusted: every offset is checked.
 */
void kind_of_fd(int fd, struct program_kind *ret);

#endif
