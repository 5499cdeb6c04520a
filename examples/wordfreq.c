/*
 * wordfreq.c - how often each word stands in a folder of text.
 *
 *	gortctl run examples/wordfreq --top 10 /usr/share/doc
 *
 * One goroutine walks the folder and sends paths into a channel; a pool of
 * workers takes them, reads the files and counts into tables of their own;
 * when the channel is closed and drained each worker sends its table home,
 * where they are added up. Words are collected strings, tables are collected
 * memory: the pool leaves garbage behind and the collector takes it.
 *
 * A file that can't be read is named on standard error, counted, and the rest
 * goes on; the exit code is 1 then. A word is a run of ASCII letters, digits
 * and bytes above 127, longer than one byte, at most WORD_MAX of them;
 * letters are folded to lower case.
 */
#include <gort.h>

#include <argp.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define READ_BYTES 65536
#define WORD_MAX 64
#define DEPTH_MAX 64 /* folders in folders; deeper ones are reported */

struct word {
	const char *p; /* collected */
	uint32_t n;
	uint32_t hash;
	uint64_t count; /* 0: the slot is free */
};
GORT_TYPE(word_type, struct word, p);

struct table { /* open addressing, linear probing, at most 3/4 full */
	struct word *slot;
	size_t nslot, used; /* nslot a power of two */
};
GORT_TYPE(table_type, struct table, slot);

static struct options {
	const char *folder;
	int workers, top, repeat;
} opt = { NULL, 8, 10, 1 };

static _Atomic uint64_t n_files, n_bytes, n_words, n_failed;

/* ---- tables --------------------------------------------------------------- */

static struct table *
table_new(size_t nslot)
{
	struct table *t = gort_new(&table_type);

	t->nslot = nslot;
	gort_store(&t->slot, gort_new_array(&word_type, (ssize_t)nslot));
	return t;
}

static struct word *
table_slot(struct table *t, const char *p, uint32_t n, uint32_t hash)
{
	size_t i = hash & (t->nslot - 1);

	for (;; i = (i + 1) & (t->nslot - 1)) {
		struct word *w = &t->slot[i];

		if (w->count == 0 ||
		    (w->hash == hash && w->n == n && memcmp(w->p, p, n) == 0))
			return w;
	}
}

static void
table_grow(struct table *t)
{
	struct word *old = t->slot;
	size_t nold = t->nslot;

	t->nslot *= 2;
	gort_store(&t->slot, gort_new_array(&word_type, (ssize_t)t->nslot));
	for (size_t i = 0; i < nold; i++)
		if (old[i].count)
			gort_move(&word_type,
			    table_slot(t, old[i].p, old[i].n, old[i].hash),
			    &old[i], 1);
}

/* own: p is a collected string that may be kept; else it is copied. */
static void
table_add(struct table *t, const char *p, uint32_t n, uint32_t hash,
    uint64_t count, bool own)
{
	struct word *w = table_slot(t, p, n, hash);

	if (w->count == 0) {
		if (4 * (t->used + 1) > 3 * t->nslot) {
			table_grow(t);
			w = table_slot(t, p, n, hash);
		}
		t->used++;
		w->n = n;
		w->hash = hash;
		if (!own) {
			char *copy = gort_alloc_noscan(n);

			p = memcpy(copy, p, n);
		}
		gort_store(&w->p, (void *)p);
	}
	w->count += count;
}

/* ---- reading --------------------------------------------------------------- */

struct scanner { /* a word may lie across two reads */
	struct table *t;
	char word[WORD_MAX];
	uint32_t n, hash;
	uint64_t words;
};

static uint8_t fold[256]; /* what a byte counts as; 0 ends a word */

/* Packages come up before gort_main, each after those it imports. */
GORT_PACKAGE(letters);
GORT_PACKAGE(words, letters);

static void
letters_init(void)
{
	for (int c = 0; c < 256; c++) {
		if (c >= 'A' && c <= 'Z')
			fold[c] = (uint8_t)(c + 32);
		else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    c >= 128)
			fold[c] = (uint8_t)c;
	}
}

static void
end_word(struct scanner *s)
{
	if (s->n > 1) {
		table_add(s->t, s->word, s->n, s->hash, 1, false);
		s->words++;
	}
	s->n = 0;
	s->hash = 2166136261u;
}

static void
scan(struct scanner *s, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int c = fold[(unsigned char)p[i]];

		if (c == 0 || s->n == WORD_MAX) {
			end_word(s);
			if (c == 0)
				continue;
		}
		s->word[s->n++] = (char)c;
		s->hash = (s->hash ^ (uint32_t)c) * 16777619u;
	}
}

static void
complain(const char *path, int err)
{
	atomic_fetch_add(&n_failed, 1);
	fprintf(stderr, "wordfreq: %s: %s\n", path, strerror(-err));
}

static void
count_file(struct table *t, const char *path, char *buf)
{
	struct scanner s = { .t = t };
	gort_fd *fd;
	ssize_t n;
	int r = gort_open(path, O_RDONLY, 0, &fd);

	if (r < 0) {
		complain(path, r);
		return;
	}
	end_word(&s);
	while ((n = gort_read(fd, buf, READ_BYTES)) > 0) {
		scan(&s, buf, (size_t)n);
		atomic_fetch_add(&n_bytes, (uint64_t)n);
	}
	end_word(&s);
	if (n < 0)
		complain(path, (int)n);
	gort_close(fd);
	atomic_fetch_add(&n_files, 1);
	atomic_fetch_add(&n_words, s.words);
}

/* ---- the pool -------------------------------------------------------------- */

static gort_chan *paths;   /* of char *, collected */
static gort_chan *results; /* of struct table * */

static void
worker(void *arg)
{
	struct table *t = table_new(1024);
	char *buf = gort_alloc_noscan(READ_BYTES), *path;

	(void)arg;
	while (gort_recv(paths, &path))
		count_file(t, path, buf);
	gort_send(results, &t);
}

static void
walk(const char *dir, int depth)
{
	DIR *d = depth < DEPTH_MAX ? opendir(dir) : NULL;
	struct dirent *e;

	if (d == NULL) {
		complain(dir, depth < DEPTH_MAX ? -errno : -ELOOP);
		return;
	}
	while ((e = readdir(d)) != NULL) {
		struct stat st;
		char *path;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		path = gort_cstr(gort_strf("%s/%s", dir, e->d_name));
		if (lstat(path, &st) != 0)
			complain(path, -errno);
		else if (S_ISDIR(st.st_mode))
			walk(path, depth + 1);
		else if (S_ISREG(st.st_mode))
			gort_send(paths, &path);
	}
	closedir(d);
}

static void
walker(void *arg)
{
	walk(arg, 0);
	gort_chan_close(paths);
}

static void
words_init(void)
{
	results = gort_chan_make(sizeof(struct table *), 0);
}

static struct table *
count_folder(void)
{
	struct table *all = table_new(4096), *t;

	paths = gort_chan_make(sizeof(char *), 64);
	gort_go(walker, (void *)opt.folder);
	for (int i = 0; i < opt.workers; i++)
		gort_go(worker, NULL);
	for (int i = 0; i < opt.workers; i++) {
		gort_recv(results, &t);
		for (size_t k = 0; k < t->nslot; k++)
			if (t->slot[k].count)
				table_add(all, t->slot[k].p, t->slot[k].n,
				    t->slot[k].hash, t->slot[k].count, true);
	}
	return all;
}

/* ---- the program ------------------------------------------------------------ */

static int
by_count(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	uint32_t n = x->n < y->n ? x->n : y->n;
	int c;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	c = memcmp(x->p, y->p, n);
	return c != 0 ? c : (int)x->n - (int)y->n;
}

static void
print_top(struct table *t)
{
	struct word *list =
	    gort_new_array(&word_type, (ssize_t)(t->used ? t->used : 1));
	size_t n = 0;

	for (size_t i = 0; i < t->nslot; i++)
		if (t->slot[i].count)
			gort_move(&word_type, &list[n++], &t->slot[i], 1);
	qsort(list, n, sizeof(*list), by_count);
	for (size_t i = 0; i < n && i < (size_t)opt.top; i++)
		printf("%8llu %.*s\n", (unsigned long long)list[i].count,
		    (int)list[i].n, list[i].p);
}

static int
number(char *arg, int max, const char *name, struct argp_state *st)
{
	char *end;
	long n = strtol(arg, &end, 10);

	if (*end != '\0' || n < 1 || n > max)
		argp_error(st, "%s takes 1 to %d, not '%s'", name, max, arg);
	return (int)n;
}

static error_t
option(int key, char *arg, struct argp_state *st)
{
	switch (key) {
	case 'w':
		opt.workers = number(arg, 100000, "--workers", st);
		return 0;
	case 't':
		opt.top = number(arg, 1000000, "--top", st);
		return 0;
	case 'r':
		opt.repeat = number(arg, 1000000, "--repeat", st);
		return 0;
	case ARGP_KEY_ARG:
		if (opt.folder != NULL)
			argp_error(st, "one folder at a time");
		opt.folder = arg;
		return 0;
	case ARGP_KEY_END:
		if (opt.folder == NULL)
			argp_error(st, "which folder?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* clang-format off */
static const struct argp_option option_table[] = {
	{ "workers", 'w', "N", 0, "size of the pool (8)", 0 },
	{ "top", 't', "N", 0, "how many words to print (10)", 0 },
	{ "repeat", 'r', "N", 0, "count the folder N times", 0 },
	{ 0 }
};
/* clang-format on */
static const struct argp arguments = { option_table, option, "FOLDER",
	"Count words over a folder of text with a pool of goroutines.", NULL,
	NULL, NULL };

int
gort_main(int argc, char **argv)
{
	int64_t t0 = gort_now_ns();
	struct table *all = NULL;
	gort_memstats m;

	argp_err_exit_status = 2;
	argp_parse(&arguments, argc, argv, 0, NULL, NULL);
	for (int i = 0; i < opt.repeat; i++)
		all = count_folder();
	print_top(all);
	gort_read_memstats(&m);
	printf("%llu files, %llu bytes, %llu words, %zu different, %llu ms, "
	       "%u collections\n",
	    (unsigned long long)n_files, (unsigned long long)n_bytes,
	    (unsigned long long)n_words, all->used,
	    (unsigned long long)((gort_now_ns() - t0) / GORT_MS), m.num_gc);
	return n_failed ? 1 : 0;
}
