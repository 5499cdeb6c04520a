/*
 * note.c - the ELF note by which gortd knows a program of ours from its file.
 *
 * Layout: ipc/note.h. Linked twice, into libgort and into the start object,
 * because a program may have either without the other (libgort.so with
 * gort_crt.o, libgort.a with an entry of its own). The section is a COMDAT
 * group, so whichever comes first wins and the file has one note; gort_go.o,
 * which says "go", is linked before the other two. Written as
 * assembly since a C section attribute can't name a group.
 */
#include "ipc/note.h"
#include "ipc/ctl.h"
#include "ipc/ring.h"
#include "boot/note.h"

#ifndef RT_NOTE_KIND
#define RT_NOTE_KIND 1 /* IPC_KIND_C; gccgo/note.c makes the other */
#endif

#define STR_(x) #x
#define STR(x) STR_(x)

/* clang-format off */
__asm__(
	".pushsection .note.gort,\"aG\",@note,gort_note,comdat\n"
	".weak rt_note_gort\n"
	".type rt_note_gort, @object\n"
	".balign 4\n"
	"rt_note_gort:\n"
	".long 5\n"				/* bytes of the name */
	".long 2f - 1f\n"			/* bytes of the descriptor */
	".long " STR(IPC_NOTE_TYPE) "\n"
	".asciz \"" IPC_NOTE_NAME "\"\n"
	".balign 4\n"
	"1:\n"
	".long 2f - 1b\n"			/* desc_bytes */
	".long " STR(RT_NOTE_KIND) "\n"		/* enum ipc_note_kind */
	".long " STR(IPC_RING_ABI) "\n"
	".long " STR(IPC_CTL_ABI) "\n"
	"3: .asciz \"" RT_GORT_VERSION "\"\n"
	".zero 32 - (. - 3b)\n"
	"2:\n"
	".balign 4\n"
	".size rt_note_gort, . - rt_note_gort\n"
	".popsection\n"
);
/* clang-format on */

_Static_assert(IPC_KIND_C == 1 && IPC_KIND_GO == 2, "as written above");
_Static_assert(sizeof(struct ipc_note_desc) == 48, "and lays out 48 bytes");
_Static_assert(sizeof(RT_GORT_VERSION) <= 32, "version does not fit");
