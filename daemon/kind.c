/*
 * kind.c - what a program is, read off its file; see kind.h.
 *
 * Our note is found through the program headers (PT_NOTE), as the kernel and
 * debuggers do, so a stripped program keeps its kind. Go's build info lies in
 * a section of its own (".go.buildinfo") that begins with a fixed magic;
 * without section headers we look at the start of the writable segment, where
 * Go's linker puts it. Rejected: libelf, which maps and trusts more of a
 * foreign file than these two questions need.
 */
#include "daemon/kind.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ipc/note.h"

#define NOTE_MAX 65536  /* bytes of notes looked at */
#define PHDRS_MAX 256
#define SHDRS_MAX 4096

static const char go_magic[] = "\xff Go buildinf:";

/* Exactly len bytes at off. */
static bool
read_at(int fd, void *buf, size_t len, uint64_t off)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = pread(fd, (char *)buf + got, len - got, off + got);

		if (n <= 0)
			return false;
		got += n;
	}
	return true;
}

static void
take_note(const uint8_t *desc, uint32_t len, struct program_kind *ret)
{
	struct ipc_note_desc d = { 0 };

	/* newer programs have more, older ones less: take what both know */
	memcpy(&d, desc, len < sizeof d ? len : sizeof d);
	ret->noted = true;
	ret->name = d.kind == IPC_KIND_GO ? "go" :
	    d.kind == IPC_KIND_C ? "c" : "plain";
	ret->ring_abi = d.ring_abi;
	ret->ctl_abi = d.ctl_abi;
	memcpy(ret->version, d.version, sizeof ret->version);
	ret->version[sizeof ret->version - 1] = '\0';
	for (char *c = ret->version; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

/* Walk one note segment. */
static bool
walk_notes(const uint8_t *p, size_t len, size_t align, struct program_kind *ret)
{
	while (len >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr nh;
		size_t name, desc, step;

		memcpy(&nh, p, sizeof nh);
		name = sizeof nh;
		if (nh.n_namesz > len || nh.n_descsz > len)
			return false;
		desc = (name + nh.n_namesz + align - 1) & ~(align - 1);
		step = (desc + nh.n_descsz + align - 1) & ~(align - 1);
		if (desc + nh.n_descsz > len)
			return false;
		if (nh.n_type == IPC_NOTE_TYPE &&
		    nh.n_namesz == sizeof IPC_NOTE_NAME && memcmp(p + name,
		    IPC_NOTE_NAME, sizeof IPC_NOTE_NAME) == 0) {
			take_note(p + desc, nh.n_descsz, ret);
			return true;
		}
		if (step >= len)
			return false;
		p += step;
		len -= step;
	}
	return false;
}

static bool
note_segment(int fd, const Elf64_Phdr *ph, struct program_kind *ret)
{
	size_t len = ph->p_filesz < NOTE_MAX ? ph->p_filesz : NOTE_MAX;
	uint8_t *buf = malloc(len + 1);
	bool found = false;

	if (buf != NULL && len > 0 && read_at(fd, buf, len, ph->p_offset))
		found = walk_notes(buf, len, ph->p_align == 8 ? 8 : 4, ret);
	free(buf);
	return found;
}

static bool
has_go_magic(int fd, uint64_t off)
{
	char buf[sizeof go_magic - 1];

	return read_at(fd, buf, sizeof buf, off) &&
	    memcmp(buf, go_magic, sizeof buf) == 0;
}

static bool
go_section(int fd, const Elf64_Ehdr *eh)
{
	Elf64_Shdr names, sh;
	char name[16];

	if (eh->e_shoff == 0 || eh->e_shnum > SHDRS_MAX ||
	    eh->e_shstrndx >= eh->e_shnum ||
	    !read_at(fd, &names, sizeof names,
	    eh->e_shoff + (uint64_t)eh->e_shstrndx * sizeof names))
		return false;
	for (unsigned i = 0; i < eh->e_shnum; i++) {
		if (!read_at(fd, &sh, sizeof sh, eh->e_shoff + i * sizeof sh))
			return false;
		if (read_at(fd, name, sizeof name,
		    names.sh_offset + sh.sh_name) &&
		    strncmp(name, ".go.buildinfo", sizeof name) == 0)
			return has_go_magic(fd, sh.sh_offset);
	}
	return false;
}

/* The string "go1.N" that follows the header since Go 1.18. */
static void
go_version(int fd, const Elf64_Phdr *ph, struct program_kind *ret)
{
	uint8_t head[33 + 32];

	if (!read_at(fd, head, sizeof head, ph->p_offset) ||
	    (head[15] & 2) == 0 || head[32] >= sizeof ret->version)
		return;
	memcpy(ret->version, head + 33, head[32]);
	ret->version[head[32]] = '\0';
}

/* Does the file hold all that this segment maps of it? */
static void
check_whole(const Elf64_Phdr *ph, struct program_kind *ret)
{
	uint64_t end;

	if (__builtin_add_overflow(ph->p_offset, ph->p_filesz, &end))
		end = UINT64_MAX;
	if (ph->p_filesz > 0 && end > ret->file_bytes &&
	    end > ret->missing_to)
		ret->missing_to = end;
}

static void
look(int fd, const Elf64_Ehdr *eh, struct program_kind *ret)
{
	Elf64_Phdr ph;
	bool go = go_section(fd, eh);
	struct stat st;

	if (fstat(fd, &st) == 0)
		ret->file_bytes = (uint64_t)st.st_size;

	for (unsigned i = 0; i < eh->e_phnum && i < PHDRS_MAX; i++) {
		if (!read_at(fd, &ph, sizeof ph,
		    eh->e_phoff + (uint64_t)i * sizeof ph))
			break;
		if (ph.p_type == PT_LOAD)
			check_whole(&ph, ret);
		if (ph.p_type == PT_NOTE && !ret->noted)
			note_segment(fd, &ph, ret);
		if (ph.p_type == PT_LOAD && (ph.p_flags & PF_W) &&
		    !ret->noted && has_go_magic(fd, ph.p_offset)) {
			go = true;
			go_version(fd, &ph, ret);
		}
	}
	if (go && !ret->noted)
		ret->name = "gc";
}

void
kind_of_fd(int fd, struct program_kind *ret)
{
	Elf64_Ehdr eh;

	memset(ret, 0, sizeof *ret);
	ret->name = "plain";
	if (!read_at(fd, &eh, sizeof eh, 0) ||
	    memcmp(eh.e_ident, ELFMAG, SELFMAG) != 0 ||
	    eh.e_ident[EI_CLASS] != ELFCLASS64 ||
	    eh.e_ident[EI_DATA] != ELFDATA2LSB ||
	    eh.e_phentsize != sizeof(Elf64_Phdr) ||
	    (eh.e_shnum != 0 && eh.e_shentsize != sizeof(Elf64_Shdr)))
		return;
	look(fd, &eh, ret);
}
