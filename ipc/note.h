/*
 * note.h - the ELF note by which gortd knows a program of ours from its file.
 *
 * Section ".note.gort", name "gort", type 1. libgort carries it (boot/note.S
 * or an attribute section), so every program linked with libgort has it. Read
 * by the client (`gortctl inspect FILE`) and by the supervisor before a spawn.
 * Fields are only ever added at the end; desc_bytes tells how many there are.
 */
#ifndef IPC_NOTE_H
#define IPC_NOTE_H

#include <stdint.h>

#define IPC_NOTE_NAME "gort"
#define IPC_NOTE_TYPE 1

enum ipc_note_kind {
	IPC_KIND_C = 1,
	IPC_KIND_GO = 2,
};

struct ipc_note_desc {
	uint32_t desc_bytes; /* sizeof this struct when it was linked */
	uint32_t kind;       /* enum ipc_note_kind */
	uint32_t ring_abi;   /* IPC_RING_ABI */
	uint32_t ctl_abi;    /* IPC_CTL_ABI */
	char version[32];    /* gort version, NUL-terminated */
};

#endif
