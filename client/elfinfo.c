/*
 * elfinfo.c - what an executable's file tells about it, by libelf.
 *
 * Kind: our own note (ipc/note.h) means c or go; Go's build info section means
 * gc; anything else that can be executed is plain.
 *
 * Packages: GORT_PACKAGE leaves an array of struct gort_package {name, init,
 * imports, spare} in the section gort_packages. In a position-independent
 * executable the words of that array are zero in the file and stand in the
 * relocations, so a word is first looked for there.
 *
 * The file is untrusted: every offset goes through libelf's own checks or is
 * compared with the bounds of the section it is in, strings must end inside
 * their section, and nothing is followed more than once.
 */
#include "client/elfinfo.h"
#include "client/client.h"
#include "client/json.h"
#include "client/print.h"
#include "ipc/note.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_IMPORTS 64
#define MAX_PACKAGES 4096
#define PACKAGE_BYTES 32

struct image {
	Elf *elf;
	size_t shstrndx;
};

/* ---- sections ---- */

static const char *
section_name(const struct image *im, Elf_Scn *scn, GElf_Shdr *sh)
{
	const char *name;

	if (gelf_getshdr(scn, sh) == NULL)
		return "";
	name = elf_strptr(im->elf, im->shstrndx, sh->sh_name);
	return name != NULL ? name : "";
}

static Elf_Scn *
section_find(const struct image *im, const char *want, GElf_Shdr *sh)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(im->elf, scn)) != NULL)
		if (strcmp(section_name(im, scn, sh), want) == 0)
			return scn;
	return NULL;
}

/* Bytes in the file behind a virtual address, at least one; NULL. */
static const char *
bytes_at(const struct image *im, uint64_t va, size_t *ret_left)
{
	Elf_Scn *scn = NULL;
	Elf_Data *d;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(im->elf, scn)) != NULL) {
		if (gelf_getshdr(scn, &sh) == NULL || sh.sh_addr == 0 ||
		    sh.sh_type == SHT_NOBITS || va < sh.sh_addr ||
		    va - sh.sh_addr >= sh.sh_size)
			continue;
		d = elf_rawdata(scn, NULL);
		if (d == NULL || d->d_buf == NULL ||
		    va - sh.sh_addr >= d->d_size)
			return NULL;
		*ret_left = d->d_size - (size_t)(va - sh.sh_addr);
		return (const char *)d->d_buf + (va - sh.sh_addr);
	}
	return NULL;
}

static const char *
string_at(const struct image *im, uint64_t va)
{
	size_t left;
	const char *s = va != 0 ? bytes_at(im, va, &left) : NULL;

	return s != NULL && memchr(s, '\0', left) != NULL ? s : NULL;
}

/* ---- words, relocated ---- */

static bool
symbol_value(const struct image *im, const GElf_Shdr *rel, size_t index,
    uint64_t *ret)
{
	Elf_Scn *scn = elf_getscn(im->elf, rel->sh_link);
	Elf_Data *d = scn != NULL ? elf_getdata(scn, NULL) : NULL;
	GElf_Sym sym;

	if (d == NULL || gelf_getsym(d, (int)index, &sym) == NULL)
		return false;
	*ret = sym.st_value;
	return true;
}

/* The relocation for this word, if there is one. */
static bool
relocated(const struct image *im, uint64_t va, uint64_t *ret)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;
	GElf_Rela r;
	Elf_Data *d;
	size_t i, n;
	uint64_t v;

	while ((scn = elf_nextscn(im->elf, scn)) != NULL) {
		if (gelf_getshdr(scn, &sh) == NULL || sh.sh_type != SHT_RELA ||
		    (sh.sh_flags & SHF_ALLOC) == 0 || sh.sh_entsize == 0)
			continue;
		d = elf_getdata(scn, NULL);
		n = d != NULL ? d->d_size / sh.sh_entsize : 0;
		for (i = 0; i < n; i++) {
			if (gelf_getrela(d, (int)i, &r) == NULL ||
			    r.r_offset != va)
				continue;
			v = 0;
			if (GELF_R_TYPE(r.r_info) != R_X86_64_RELATIVE &&
			    !symbol_value(im, &sh, GELF_R_SYM(r.r_info), &v))
				return false;
			*ret = v + (uint64_t)r.r_addend;
			return true;
		}
	}
	return false;
}

static uint64_t
word_at(const struct image *im, uint64_t va)
{
	uint64_t v = 0;
	size_t left;
	const char *p;

	if (relocated(im, va, &v))
		return v;
	p = bytes_at(im, va, &left);
	if (p != NULL && left >= sizeof(v))
		memcpy(&v, p, sizeof(v));
	return v;
}

/* ---- packages ---- */

static json_t *
read_imports(const struct image *im, uint64_t va)
{
	json_t *list = json_array();
	const char *name;
	int i;

	for (i = 0; va != 0 && i < MAX_IMPORTS; i++, va += 8) {
		name = string_at(im, word_at(im, va));
		if (name == NULL)
			break;
		json_array_append_new(list, json_string(name));
	}
	return list;
}

static json_t *
read_packages(const struct image *im)
{
	json_t *list = json_array(), *one;
	const char *name;
	GElf_Shdr sh;
	uint64_t va, init;
	size_t i;

	if (section_find(im, "gort_packages", &sh) == NULL)
		return list;
	for (i = 0; i < sh.sh_size / PACKAGE_BYTES && i < MAX_PACKAGES; i++) {
		va = sh.sh_addr + i * PACKAGE_BYTES;
		name = string_at(im, word_at(im, va));
		if (name == NULL)
			continue;
		init = word_at(im, va + 8);
		one = json_pack("{s:s, s:o}", "name", name, "imports",
		    read_imports(im, word_at(im, va + 16)));
		if (one == NULL)
			continue;
		json_object_set_new(one, "init",
		    init ? json_sprintf("0x%" PRIx64, init) : json_null());
		json_array_append_new(list, one);
	}
	return list;
}

/* ---- symbols ---- */

struct fn {
	uint64_t addr, size;
	const char *name;
};

static int
by_addr(const void *a, const void *b)
{
	const struct fn *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return strcmp(x->name, y->name);
}

static json_t *
fn_list(struct fn *fns, size_t n)
{
	json_t *list = json_array(), *one;
	size_t i;

	qsort(fns, n, sizeof(*fns), by_addr);
	for (i = 0; i < n; i++) {
		one = json_pack("{s:o, s:I, s:s}", "addr",
		    json_sprintf("0x%" PRIx64, fns[i].addr), "size",
		    (json_int_t)fns[i].size, "name", fns[i].name);
		if (one != NULL) /* a name that is no UTF-8 is left out */
			json_array_append_new(list, one);
	}
	return list;
}

static json_t *
read_functions(const struct image *im, Elf_Scn *scn, const GElf_Shdr *sh)
{
	Elf_Data *d = elf_getdata(scn, NULL);
	size_t i, n = 0, max;
	struct fn *fns;
	GElf_Sym sym;
	json_t *list;

	max = d != NULL && sh->sh_entsize ? d->d_size / sh->sh_entsize : 0;
	fns = calloc(max + 1, sizeof(*fns));
	for (i = 0; fns != NULL && i < max; i++) {
		if (gelf_getsym(d, (int)i, &sym) == NULL ||
		    GELF_ST_TYPE(sym.st_info) != STT_FUNC ||
		    sym.st_shndx == SHN_UNDEF)
			continue;
		fns[n].name = elf_strptr(im->elf, sh->sh_link, sym.st_name);
		fns[n].addr = sym.st_value;
		fns[n].size = sym.st_size;
		if (fns[n].name != NULL)
			n++;
	}
	list = fn_list(fns, n);
	free(fns);
	return list;
}

/* ---- the note ---- */

static void
take_note(const char *desc, size_t len, json_t *ret)
{
	struct ipc_note_desc d;
	uint32_t bytes;

	if (len < sizeof(bytes))
		return;
	memset(&d, 0, sizeof(d));
	memcpy(&bytes, desc, sizeof(bytes));
	/* an older note is shorter, a newer one longer */
	if (bytes > len)
		return;
	memcpy(&d, desc, bytes < sizeof(d) ? bytes : sizeof(d));
	d.version[sizeof(d.version) - 1] = '\0';
	json_object_set_new(ret, "kind",
	    json_string(d.kind == IPC_KIND_GO ? "go" : "c"));
	json_object_set_new(ret, "note",
	    json_pack("{s:s, s:I, s:I}", "version", d.version, "ring_abi",
		(json_int_t)d.ring_abi, "ctl_abi", (json_int_t)d.ctl_abi));
}

static void
read_notes(const struct image *im, json_t *ret)
{
	size_t n, i, off, name_at, desc_at;
	GElf_Phdr ph;
	GElf_Nhdr nh;
	Elf_Data *d;

	if (elf_getphdrnum(im->elf, &n) != 0)
		return;
	for (i = 0; i < n; i++) {
		if (gelf_getphdr(im->elf, (int)i, &ph) == NULL ||
		    ph.p_type != PT_NOTE)
			continue;
		d = elf_getdata_rawchunk(im->elf, (int64_t)ph.p_offset,
		    ph.p_filesz, ph.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
		off = 0;
		while (d != NULL &&
		    (off = gelf_getnote(d, off, &nh, &name_at, &desc_at)) > 0) {
			const char *name = (const char *)d->d_buf + name_at;

			if (nh.n_type == IPC_NOTE_TYPE &&
			    nh.n_namesz == sizeof(IPC_NOTE_NAME) &&
			    memcmp(name, IPC_NOTE_NAME,
				sizeof(IPC_NOTE_NAME)) == 0)
				take_note((const char *)d->d_buf + desc_at,
				    nh.n_descsz, ret);
		}
	}
}

/* ---- the whole ---- */

static void
read_elf(Elf *elf, bool symbols, json_t *ret)
{
	struct image im = { .elf = elf };
	GElf_Ehdr eh;
	GElf_Shdr sh;
	Elf_Scn *scn;

	if (gelf_getehdr(elf, &eh) == NULL)
		return;
	if (elf_getshdrstrndx(elf, &im.shstrndx) != 0)
		im.shstrndx = 0;
	json_object_set_new(ret, "format", json_string("elf"));
	json_object_set_new(ret, "pie", json_boolean(eh.e_type == ET_DYN));
	json_object_set_new(ret, "machine",
	    json_string(eh.e_machine == EM_X86_64 ? "x86-64" : "other"));
	if (section_find(&im, ".go.buildinfo", &sh) != NULL)
		json_object_set_new(ret, "kind", json_string("gc"));
	read_notes(&im, ret);
	json_object_set_new(ret, "packages", read_packages(&im));
	scn = section_find(&im, ".symtab", &sh);
	json_object_set_new(ret, "stripped", json_boolean(scn == NULL));
	if (scn == NULL)
		scn = section_find(&im, ".dynsym", &sh);
	if (symbols)
		json_object_set_new(ret, "functions",
		    scn != NULL ? read_functions(&im, scn, &sh) : json_array());
}

static int
say_cause(char **ret_cause, const char *path, const char *what)
{
	if (asprintf(ret_cause, "%s: %s", path, what) < 0)
		*ret_cause = NULL;
	return -1;
}

json_t *
elfinfo_read(const char *path, bool symbols, char **ret_cause)
{
	char head[4] = { 0 };
	json_t *ret;
	Elf *elf;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		say_cause(ret_cause, path, strerror(errno));
		return NULL;
	}
	if (pread(fd, head, sizeof(head), 0) < 0) {
		say_cause(ret_cause, path, strerror(errno));
		close(fd);
		return NULL;
	}
	ret = json_pack("{s:s, s:s, s:s}", "path", path, "kind", "plain",
	    "format", head[0] == '#' && head[1] == '!' ? "script" : "other");
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (ret != NULL && elf != NULL && elf_kind(elf) == ELF_K_ELF)
		read_elf(elf, symbols, ret);
	elf_end(elf);
	close(fd);
	if (ret == NULL)
		say_cause(ret_cause, path, "the path is no UTF-8 text");
	return ret;
}

/* ---- printing ---- */

static void
print_packages(const json_t *list)
{
	static const char *const heads[] = { "PACKAGE", ">INIT", "IMPORTS",
		NULL };
	struct table *t = table_new(heads);
	const json_t *p, *im;
	size_t i, k;

	json_array_foreach (list, i, p) {
		char *text = NULL;
		size_t len = 0;
		FILE *f = open_memstream(&text, &len);

		if (f == NULL)
			break;
		json_array_foreach (json_object_get(p, "imports"), k, im)
			fprintf(f, "%s%s", k ? " " : "", json_string_value(im));
		fclose(f);
		table_cell(t, j_str(p, "name", "?"));
		table_cell(t, j_str(p, "init", NULL));
		table_cell(t, text);
		free(text);
	}
	table_print(t, stdout);
	table_free(t);
}

static void
print_functions(const json_t *list)
{
	static const char *const heads[] = { ">ADDRESS", ">SIZE", "FUNCTION",
		NULL };
	struct table *t = table_new(heads);
	const json_t *f;
	size_t i;

	json_array_foreach (list, i, f) {
		table_cell(t, j_str(f, "addr", "?"));
		table_cellf(t, "%" PRId64, j_int(f, "size", 0));
		table_cell(t, j_str(f, "name", "?"));
	}
	table_print(t, stdout);
	table_free(t);
}

static void
print_info(const json_t *in)
{
	const json_t *note = json_object_get(in, "note");
	const json_t *packages = json_object_get(in, "packages");
	const json_t *functions = json_object_get(in, "functions");

	printf("%-10s %s\n", "file", j_str(in, "path", "?"));
	printf("%-10s %s\n", "kind", j_str(in, "kind", "?"));
	if (strcmp(j_str(in, "format", ""), "elf") == 0)
		printf("%-10s ELF, %s, %s%s\n", "format",
		    j_str(in, "machine", "?"),
		    j_bool(in, "pie") ? "position-independent" : "fixed",
		    j_bool(in, "stripped") ? ", stripped" : "");
	else
		printf("%-10s %s\n", "format", j_str(in, "format", "?"));
	if (note != NULL)
		printf("%-10s %s, ring ABI %" PRId64 ", control ABI %" PRId64
		       "\n",
		    "gort", j_str(note, "version", "?"),
		    j_int(note, "ring_abi", 0), j_int(note, "ctl_abi", 0));
	if (json_array_size(packages) > 0) {
		puts("");
		print_packages(packages);
	}
	if (functions != NULL) {
		puts("");
		print_functions(functions);
	}
}

int
elfinfo_show(const char *path, bool symbols, bool json)
{
	char *cause = NULL;
	json_t *in = elfinfo_read(path, symbols, &cause);

	if (in == NULL) {
		ctl_say("%s", cause ? cause : path);
		free(cause);
		return CTL_FAILED;
	}
	if (json)
		print_json(in, stdout);
	else
		print_info(in);
	json_decref(in);
	return CTL_OK;
}
