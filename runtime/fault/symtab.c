/*
 * symtab.c - the program's modules, and from a pc to a function.
 *
 * Modules. modulesinit asks the loader once, at boot, which objects are mapped
 * (dl_iterate_phdr takes the loader's lock, so it is never called again: not
 * from a signal handler, not with the world stopped). Kept of each: text range,
 * load bias, path; its writable segments become collection roots, without the
 * part that is read-only after relocation. Objects opened later by dlopen are
 * not roots and have no names.
 *
 * Names come from the module's own ELF symbol table (.symtab, else .dynsym).
 * The first question about a module maps its file and builds an index of its
 * functions sorted by address, in anonymous memory; the index is published by
 * one compare-and-swap and lives for ever. Only system calls and our own
 * memory are touched, no malloc and no lock, so this works in any signal
 * handler; two threads that ask first at the same time both build, one throws
 * its work away. The file may be anything by now: every offset is checked.
 *
 * Which functions are the runtime's own, to be left out of a program's
 * tracebacks? In the shared libgort, all. In an executable that linked the
 * archive, "statics go bare", so a name alone does not tell. Every source of
 * the runtime that includes runtime2.h carries a local symbol rt_object_mark
 * (no bytes). Local symbols stand behind the name of their source file, so the
 * mark dyes all static functions of that object. A global function is the
 * runtime's when it is named like one (rt_, gort_, and the words of capi/ and
 * ipc/; tests/fault/names.sh sees that the archive has no others) and lies in
 * the address range that the dyed ones span: a program may well have an
 * rt_render of its own. By this one rule tracebacks and the control channel
 * leave out what is not the program's; gort_recv and its like go with the rest,
 * as Go hides runtime.gopark.
 *
 * Rejected: a text section of our own by a flag for all of libgort (cold parts
 * and the sanitizers' constructors leave it, and a linker script would have to
 * keep it in one piece), and asking DWARF for the source's path (no answer in
 * a stripped program, and none in a signal handler).
 *
 * Inlined functions and line numbers are lines.c's, Go's names goname.c's.
 */
#include "config.h"

#include "fault/crash.h"
#include "fault/symbols.h"

#include "arch/arch.h"
#include "gc/gc.h"
#include "mem/malloc.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct func {
	uintptr_t addr; /* as mapped */
	uint32_t size;
	uint32_t name : 31; /* offset into strtab */
	uint32_t runtime : 1;
};

struct func_index { /* immutable once published */
	struct rt_dwarf dwarf;
	const char *strtab;
	size_t strtab_bytes;
	struct func *funcs;
	size_t n;
};

struct module { /* the public part first */
	struct rt_module pub;
	_Atomic(struct func_index *) index;
};

static struct module *modules; /* list, written once at boot */
static size_t nmodules;

/* ---- modules ---- */

struct load_info {
	uintptr_t relro, erelro; /* read-only after relocation */
};

static char *
persistent_string(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = rt_persistentalloc(n, 1, RT_STAT_OTHER);

	memcpy(p, s, n);
	return p;
}

static const char *
module_path(const struct dl_phdr_info *info, bool main_exe)
{
	char buf[4096];
	ssize_t n;

	if (!main_exe)
		return persistent_string(info->dlpi_name);
	n = readlink("/proc/self/exe", buf, sizeof(buf) - 1);
	if (n < 0)
		return "/proc/self/exe";
	buf[n] = '\0';
	return persistent_string(buf);
}

static void
add_root(uintptr_t lo, uintptr_t hi)
{
	lo = (lo + 7) & ~(uintptr_t)7;
	hi &= ~(uintptr_t)7;
	if (lo >= hi)
		return;
	rt_roots_add_data((void *)lo, hi - lo);
}

/* A writable segment without what the loader made read-only. */
static void
add_data(
    struct rt_module *m, const struct load_info *li, uintptr_t lo, uintptr_t hi)
{
	if (m->data == 0 || lo < m->data)
		m->data = lo;
	if (hi > m->edata)
		m->edata = hi;
	if (li->erelro <= lo || li->relro >= hi) {
		add_root(lo, hi);
		return;
	}
	if (li->relro > lo)
		add_root(lo, li->relro);
	if (li->erelro < hi)
		add_root(li->erelro, hi);
}

static void
module_ranges(
    struct rt_module *m, const struct dl_phdr_info *info, struct load_info *li)
{
	li->relro = li->erelro = 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *ph = &info->dlpi_phdr[i];

		if (ph->p_type != PT_GNU_RELRO)
			continue;
		li->relro = info->dlpi_addr + ph->p_vaddr;
		li->erelro = li->relro + ph->p_memsz;
	}
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *ph = &info->dlpi_phdr[i];
		uintptr_t lo = info->dlpi_addr + ph->p_vaddr;

		if (ph->p_type != PT_LOAD)
			continue;
		if (ph->p_flags & PF_X) {
			if (m->text == 0 || lo < m->text)
				m->text = lo;
			if (lo + ph->p_memsz > m->etext)
				m->etext = lo + ph->p_memsz;
		}
		if (ph->p_flags & PF_W)
			add_data(m, li, lo, lo + ph->p_memsz);
	}
}

/* Where unwinding finds its tables: the header, and the segment around it. */
static void
module_cfi(struct rt_module *m, const struct dl_phdr_info *info)
{
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_GNU_EH_FRAME)
			m->cfi = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
	for (int i = 0; i < info->dlpi_phnum && m->cfi != 0; i++) {
		const ElfW(Phdr) *ph = &info->dlpi_phdr[i];
		uintptr_t lo = info->dlpi_addr + ph->p_vaddr;

		if (ph->p_type != PT_LOAD || m->cfi - lo >= ph->p_filesz)
			continue;
		m->rodata = lo;
		m->erodata = lo + ph->p_filesz;
		return;
	}
	m->cfi = 0;
}

static int
on_module(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct module *m = rt_persistentalloc(sizeof(*m), 0, RT_STAT_OTHER);
	uintptr_t own = (uintptr_t)rt_modulesinit;
	struct module **tail = &modules;

	(void)size;
	m->pub.base = info->dlpi_addr;
	m->pub.path = module_path(info, nmodules == 0);
	module_ranges(&m->pub, info, arg);
	module_cfi(&m->pub, info);
	m->pub.foreign =
	    nmodules > 0 && !(own >= m->pub.text && own < m->pub.etext);
	while (*tail != NULL)
		tail = (struct module **)&(*tail)->pub.next;
	*tail = m;
	nmodules++;
	return 0;
}

void
rt_modulesinit(void)
{
	struct load_info li = { 0 };

	if (modules == NULL)
		dl_iterate_phdr(on_module, &li);
}

const struct rt_module *
rt_modules(void)
{
	return &modules->pub;
}

const struct rt_module *
rt_find_module(uintptr_t pc)
{
	const struct rt_module *m;

	for (m = modules == NULL ? NULL : &modules->pub; m; m = m->next)
		if (pc >= m->text && pc < m->etext)
			return m;
	return NULL;
}

/* ---- the index of one module ---- */

struct elf_file {
	const uint8_t *p;
	size_t n;
};

static bool
inside(const struct elf_file *f, uint64_t off, uint64_t bytes)
{
	return off <= f->n && bytes <= f->n - off;
}

static bool
map_file(const char *path, struct elf_file *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) != 0 || st.st_size < (off_t)sizeof(Elf64_Ehdr)) {
		close(fd);
		return false;
	}
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return false;
	ret->p = p;
	ret->n = (size_t)st.st_size;
	return true;
}

/* The section headers; NULL: none that can be read. */
static const Elf64_Shdr *
sections(const struct elf_file *f)
{
	const Elf64_Ehdr *eh = (const void *)f->p;

	if (memcmp(eh->e_ident, ELFMAG, SELFMAG) != 0 ||
	    eh->e_shentsize != sizeof(Elf64_Shdr) || eh->e_shoff % 8 != 0 ||
	    !inside(f, eh->e_shoff, (uint64_t)eh->e_shnum * sizeof(Elf64_Shdr)))
		return NULL;
	return (const void *)(f->p + eh->e_shoff);
}

/* The best symbol table's section header, with its strings checked. */
static const Elf64_Shdr *
find_symtab(const struct elf_file *f, const Elf64_Shdr **ret_str)
{
	const Elf64_Ehdr *eh = (const void *)f->p;
	const Elf64_Shdr *sh = sections(f), *best = NULL;

	if (sh == NULL)
		return NULL;
	for (int i = 0; i < eh->e_shnum; i++)
		if (sh[i].sh_type == SHT_SYMTAB ||
		    (sh[i].sh_type == SHT_DYNSYM && best == NULL))
			best = &sh[i];
	if (best == NULL || best->sh_link >= eh->e_shnum ||
	    best->sh_offset % 8 != 0 ||
	    !inside(f, best->sh_offset, best->sh_size))
		return NULL;
	*ret_str = &sh[best->sh_link];
	if (!inside(f, (*ret_str)->sh_offset, (*ret_str)->sh_size) ||
	    (*ret_str)->sh_size == 0 ||
	    f->p[(*ret_str)->sh_offset + (*ret_str)->sh_size - 1] != '\0')
		return NULL;
	return best;
}

/* One debug section, by name. Compressed ones are as good as none. */
static void
note_section(const struct elf_file *f, const Elf64_Shdr *sh, const char *name,
    struct rt_dwarf *d)
{
	const struct {
		const char *name;
		struct rt_section *s;
	} wanted[] = {
		{ ".debug_info", &d->info },
		{ ".debug_abbrev", &d->abbrev },
		{ ".debug_line", &d->line },
		{ ".debug_str", &d->str },
		{ ".debug_line_str", &d->line_str },
		{ ".debug_ranges", &d->ranges },
		{ ".debug_rnglists", &d->rnglists },
		{ ".debug_aranges", &d->aranges },
		{ ".debug_addr", &d->addr },
		{ ".debug_str_offsets", &d->str_offsets },
	};

	if (sh->sh_type == SHT_NOBITS || (sh->sh_flags & SHF_COMPRESSED) ||
	    !inside(f, sh->sh_offset, sh->sh_size))
		return;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (strcmp(name, wanted[i].name) == 0)
			*wanted[i].s = (struct rt_section){
				f->p + sh->sh_offset, sh->sh_size
			};
}

static void
find_debug_sections(const struct elf_file *f, struct rt_dwarf *d)
{
	const Elf64_Ehdr *eh = (const void *)f->p;
	const Elf64_Shdr *sh = sections(f), *str;
	const char *names;

	if (sh == NULL || eh->e_shstrndx >= eh->e_shnum)
		return;
	str = &sh[eh->e_shstrndx];
	if (!inside(f, str->sh_offset, str->sh_size) || str->sh_size == 0 ||
	    f->p[str->sh_offset + str->sh_size - 1] != '\0')
		return;
	names = (const char *)f->p + str->sh_offset;
	for (int i = 0; i < eh->e_shnum; i++)
		if (sh[i].sh_name < str->sh_size)
			note_section(f, &sh[i], names + sh[i].sh_name, d);
}

static bool
has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Cold parts and the sanitizers' constructors: the linker puts them elsewhere,
 * with everyone's. */
static bool
is_displaced(const char *s)
{
	return strchr(s, '.') != NULL || has_prefix(s, "_sub_");
}

static bool
named_like_runtime(const char *s)
{
	if (strcmp(s, "gort_main") == 0)
		return false; /* the program's, whatever lies around it */
	return has_prefix(s, "rt_") || has_prefix(s, "gort_") ||
	    has_prefix(s, "rt0_") || has_prefix(s, "capi_") ||
	    has_prefix(s, "ipc_");
}

/* Dye the functions from `from` on: their object carries the mark. */
static void
dye(struct func_index *x, size_t from)
{
	for (size_t i = from; i < x->n; i++)
		x->funcs[i].runtime = 1;
}

static void
collect(
    struct func_index *x, const Elf64_Sym *syms, size_t nsyms, uintptr_t base)
{
	size_t object = 0; /* first function of the object we are in */
	bool marked = false;

	for (size_t i = 0; i < nsyms; i++) {
		const Elf64_Sym *s = &syms[i];
		int type = ELF64_ST_TYPE(s->st_info);

		if (s->st_name >= x->strtab_bytes)
			continue;
		if (type == STT_FILE ||
		    ELF64_ST_BIND(s->st_info) != STB_LOCAL) {
			if (marked)
				dye(x, object);
			marked = false;
			object = x->n;
		}
		if (strcmp(x->strtab + s->st_name, "rt_object_mark") == 0)
			marked = true;
		if (type != STT_FUNC || s->st_shndx == SHN_UNDEF)
			continue;
		x->funcs[x->n++] = (struct func){
			.addr = base + s->st_value,
			.size = s->st_size > UINT32_MAX ? UINT32_MAX
							: (uint32_t)s->st_size,
			.name = s->st_name,
		};
	}
	if (marked)
		dye(x, object);
}

/* Globals of the runtime: by name, within the span of the dyed functions and
 * of some in assembly, which has no others. */
static void
dye_globals(struct func_index *x)
{
	extern char rt_sigpanic_entry[];
	const uintptr_t known[] = { (uintptr_t)rt_modulesinit,
		(uintptr_t)rt_ctx_switch, (uintptr_t)rt_catch_call,
		(uintptr_t)rt_sigpanic_entry };
	uintptr_t lo = known[0], hi = lo;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		lo = known[i] < lo ? known[i] : lo;
		hi = known[i] > hi ? known[i] : hi;
	}
	for (size_t i = 0; i < x->n; i++) {
		const struct func *f = &x->funcs[i];

		if (!f->runtime || is_displaced(x->strtab + f->name))
			continue;
		lo = f->addr < lo ? f->addr : lo;
		hi = f->addr > hi ? f->addr : hi;
	}
	for (size_t i = 0; i < x->n; i++) {
		struct func *f = &x->funcs[i];

		if (f->addr >= lo && f->addr <= hi + f->size &&
		    named_like_runtime(x->strtab + f->name))
			f->runtime = 1;
	}
}

static void
sift(struct func *a, size_t i, size_t n)
{
	for (;;) {
		size_t c = 2 * i + 1;
		struct func t;

		if (c >= n)
			return;
		if (c + 1 < n && a[c + 1].addr > a[c].addr)
			c++;
		if (a[i].addr >= a[c].addr)
			return;
		t = a[i];
		a[i] = a[c];
		a[c] = t;
		i = c;
	}
}

/* Heap sort: no memory, no recursion, no libc that might allocate. */
static void
sort_by_addr(struct func *a, size_t n)
{
	for (size_t i = n / 2; i-- > 0;)
		sift(a, i, n);
	for (size_t end = n; end-- > 1;) {
		struct func t = a[0];

		a[0] = a[end];
		a[end] = t;
		sift(a, 0, end);
	}
}

/* What a module without a symbol table gets: an index with no function. */
static struct func_index *
build_index(const struct module *m)
{
	struct elf_file f;
	const Elf64_Shdr *sym, *str = NULL;
	struct func_index *x;
	size_t nsyms = 0, bytes;
	bool main_exe = m == modules;

	if (!map_file(main_exe ? "/proc/self/exe" : m->pub.path, &f))
		f = (struct elf_file){ NULL, 0 };
	sym = f.p == NULL ? NULL : find_symtab(&f, &str);
	if (sym != NULL)
		nsyms = sym->sh_size / sizeof(Elf64_Sym);
	bytes = sizeof(*x) + nsyms * sizeof(struct func);
	x = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (x == MAP_FAILED)
		return NULL;
	x->funcs = (struct func *)(x + 1);
	if (f.p != NULL)
		find_debug_sections(&f, &x->dwarf);
	if (sym != NULL) {
		x->strtab = (const char *)f.p + str->sh_offset;
		x->strtab_bytes = str->sh_size;
		collect(x, (const void *)(f.p + sym->sh_offset), nsyms,
		    m->pub.base);
		if (!m->pub.foreign && main_exe &&
		    rt_find_module((uintptr_t)rt_modulesinit) == &m->pub)
			dye_globals(x);
		else if (!m->pub.foreign && !main_exe)
			dye(x, 0); /* the shared libgort */
		sort_by_addr(x->funcs, x->n);
	}
	return x;
}

static struct func_index *
index_of(struct module *m)
{
	struct func_index *x, *have = NULL;

	/* acquire pairs with the publication below */
	x = atomic_load_explicit(&m->index, memory_order_acquire);
	if (x != NULL)
		return x;
	x = build_index(m);
	if (x == NULL)
		return NULL;
	if (!atomic_compare_exchange_strong(&m->index, &have, x))
		x = have; /* the loser's mapping stays: rare and harmless */
	return x;
}

/* ---- looking up ---- */

static const struct func *
lookup(const struct func_index *x, uintptr_t pc)
{
	size_t lo = 0, hi = x->n;

	while (lo < hi) { /* first function that begins after pc */
		size_t mid = lo + (hi - lo) / 2;

		if (x->funcs[mid].addr <= pc)
			lo = mid + 1;
		else
			hi = mid;
	}
	/* aliases share an address; some have no size (assembly) */
	for (size_t back = 0; back < 8 && lo > back; back++) {
		const struct func *f = &x->funcs[lo - 1 - back];

		if (pc - f->addr < f->size || f->size == 0)
			return f;
	}
	return NULL;
}

const char *
rt_symbol_of(uintptr_t pc, uintptr_t *ret_entry, bool *ret_runtime)
{
	struct module *m = (struct module *)rt_find_module(pc);
	const struct func_index *x = m == NULL ? NULL : index_of(m);
	const struct func *f = x == NULL ? NULL : lookup(x, pc);

	if (f == NULL)
		return NULL;
	*ret_entry = f->addr;
	*ret_runtime = f->runtime;
	return x->strtab + f->name;
}

const char *
rt_symbol_around(uintptr_t pc, bool *ret_runtime)
{
	struct module *m = (struct module *)rt_find_module(pc);
	const struct func_index *x = m == NULL ? NULL : index_of(m);
	const struct func *f = x == NULL ? NULL : lookup(x, pc);

	if (f == NULL || pc - f->addr >= f->size)
		return NULL;
	*ret_runtime = f->runtime;
	return x->strtab + f->name;
}

const struct rt_dwarf *
rt_module_dwarf(const struct rt_module *m)
{
	const struct func_index *x = index_of((struct module *)m);

	return x == NULL ? NULL : &x->dwarf;
}

bool
rt_symbolize(uintptr_t pc, bool with_line, struct rt_symbol *ret)
{
	struct rt_symbol all[RT_DW_INLINE_MAX];
	const char *sym;
	uintptr_t entry;
	bool runtime;

	if (with_line) {
		rt_symbolize_all(pc, all, RT_DW_INLINE_MAX);
		*ret = all[0];
		return ret->func[0] != '?';
	}
	*ret = (struct rt_symbol){ .func = "?" };
	ret->module = rt_find_module(pc);
	sym = rt_symbol_of(pc, &entry, &runtime);
	if (sym == NULL)
		return false;
	ret->entry = entry;
	ret->runtime = runtime;
	rt_go_classify(ret, sym);
	ret->func = rt_go_name(sym, true);
	return true;
}
