/*
 * kv.c - a key-value server that speaks the Redis protocol.
 *
 *	gortctl run -d --name kv examples/kv --port 6400
 *	redis-cli -p 6400 set greeting hello
 *	redis-benchmark -p 6400 -t get,set,incr -n 100000 -c 50 -P 16
 *
 * One goroutine a connection, blocking code, no callbacks. Requests are
 * pipelined: all that one read brought is executed and answered by one write.
 *
 * The table is cut into shards, each a hash table under its own mutex. Keys
 * and values are immutable collected bytes: a GET takes the pointer under the
 * lock and copies outside it, and whoever replaces a value just drops the old
 * one. Nobody frees anything.
 *
 * A client that sends nonsense gets one -ERR line in Redis's words and loses
 * its connection; one that sends more than the limits below likewise. A client
 * that does not read stops its own goroutine in the write, after WRITE_LIMIT
 * it is dropped; its memory is bounded by OUT_SOFT plus one value.
 */
#include <gort.h>

#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SHARDS 64               /* a power of two */
#define INLINE_MAX 65536        /* bytes of an inline command */
#define BULK_MAX (8 << 20)      /* bytes of one argument */
#define ARGS_MAX 65536          /* arguments of one command */
#define REQUEST_MAX (16 << 20)  /* bytes of one command */
#define IN_START 16384          /* bytes; the input buffer grows on demand */
#define OUT_SOFT 65536          /* bytes of answers that force a write */
#define WRITE_LIMIT (10 * GORT_SEC)
#define SWEEP_PERIOD (100 * GORT_MS)
#define SWEEP_STEP 512          /* buckets looked at, each period and shard */

/* ---- the table ------------------------------------------------------------ */

struct entry {
	struct entry *next;
	const char *key, *val; /* collected, never changed */
	uint64_t hash;
	uint32_t klen, vlen;
	int64_t expire_ns; /* wall clock; 0: never */
};
GORT_TYPE(entry_type, struct entry, next, key, val);

struct shard {
	gort_mutex lock; /* guards the rest */
	struct entry **bucket;
	size_t nbucket, used, sweep_at;
};

static struct shard shards[SHARDS];
static uint64_t seed;
static _Atomic uint64_t n_commands, n_hits, n_misses, n_expired;
static _Atomic uint64_t n_connections, n_clients;
static int64_t started_ns;

struct bytes { /* borrowed */
	const char *p;
	size_t n;
};

/* FNV-1a with a seed, then a mix: shard and bucket take different bits. */
static uint64_t
hash_of(struct bytes k)
{
	uint64_t h = seed;

	for (size_t i = 0; i < k.n; i++)
		h = (h ^ (uint8_t)k.p[i]) * UINT64_C(0x100000001b3);
	h ^= h >> 32;
	return h * UINT64_C(0x9e3779b97f4a7c15);
}

static const char *
keep(struct bytes b)
{
	char *p = gort_alloc_noscan(b.n ? b.n : 1);

	memcpy(p, b.p, b.n);
	return p;
}

static struct shard *
shard_of(uint64_t h)
{
	return &shards[h >> 58 & (SHARDS - 1)];
}

static void
shard_grow(struct shard *s)
{
	size_t n = s->nbucket ? s->nbucket * 2 : 64;
	struct entry **b = gort_new_array(&gort_type_pointer, (ssize_t)n);

	for (size_t i = 0; i < s->nbucket; i++) {
		struct entry *e = s->bucket[i], *next;

		for (; e != NULL; e = next) {
			next = e->next;
			gort_store(&e->next, b[e->hash & (n - 1)]);
			gort_store(&b[e->hash & (n - 1)], e);
		}
	}
	gort_store(&s->bucket, b);
	s->nbucket = n;
}

static void
unlink_at(struct shard *s, struct entry **at)
{
	gort_store(at, (*at)->next);
	s->used--;
}

/*
 * Where the entry of this key hangs, or NULL. An expired one is removed on
 * the way. Lock held.
 */
static struct entry **
find(struct shard *s, uint64_t h, struct bytes k)
{
	struct entry **at, *e;

	if (s->nbucket == 0)
		return NULL;
	for (at = &s->bucket[h & (s->nbucket - 1)]; (e = *at) != NULL;
	     at = &e->next) {
		if (e->hash != h || e->klen != k.n ||
		    memcmp(e->key, k.p, k.n) != 0)
			continue;
		if (e->expire_ns == 0 || e->expire_ns > gort_wall_ns())
			return at;
		atomic_fetch_add(&n_expired, 1);
		unlink_at(s, at);
		return NULL;
	}
	return NULL;
}

/* Find or make. Lock held. A new entry's value is empty. */
static struct entry *
find_or_add(struct shard *s, uint64_t h, struct bytes k)
{
	struct entry **at = find(s, h, k), *e;

	if (at != NULL)
		return *at;
	if (s->used >= s->nbucket)
		shard_grow(s);
	e = gort_new(&entry_type);
	e->hash = h;
	e->klen = (uint32_t)k.n;
	gort_store(&e->key, (void *)keep(k));
	gort_store(&e->next, s->bucket[h & (s->nbucket - 1)]);
	gort_store(&s->bucket[h & (s->nbucket - 1)], e);
	s->used++;
	return e;
}

/* Expired keys that nobody asks for: a few buckets of each shard at a time. */
static void
sweep_shard(struct shard *s, int64_t now_ns)
{
	gort_mutex_lock(&s->lock);
	for (size_t i = 0; i < SWEEP_STEP && i < s->nbucket; i++) {
		struct entry **at = &s->bucket[s->sweep_at++ % s->nbucket];

		while (*at != NULL) {
			if ((*at)->expire_ns && (*at)->expire_ns <= now_ns) {
				unlink_at(s, at);
				atomic_fetch_add(&n_expired, 1);
			} else {
				at = &(*at)->next;
			}
		}
	}
	gort_mutex_unlock(&s->lock);
}

static void
sweeper(void *arg)
{
	gort_ticker *t = gort_ticker_new(SWEEP_PERIOD);

	(void)arg;
	while (gort_recv(t->c, NULL))
		for (size_t i = 0; i < SHARDS; i++)
			sweep_shard(&shards[i], gort_wall_ns());
}

/* ---- answers ---------------------------------------------------------------- */

struct conn {
	gort_fd *fd;
	char *in; /* [0, in_n) of in_cap; in_at is parsed */
	size_t in_n, in_cap, in_at;
	char *out;
	size_t out_n, out_cap;
	struct bytes *args; /* of the command being run; point into `in` */
	size_t nargs, args_cap;
	bool quit;
};
GORT_TYPE(conn_type, struct conn, fd, in, out, args);

static bool
flush(struct conn *c)
{
	ssize_t n;

	if (c->out_n == 0)
		return true;
	gort_set_write_deadline(c->fd, gort_now_ns() + WRITE_LIMIT);
	n = gort_write(c->fd, c->out, c->out_n);
	c->out_n = 0;
	if (c->out_cap > 4 * OUT_SOFT) {
		gort_store(&c->out, gort_alloc_noscan(OUT_SOFT));
		c->out_cap = OUT_SOFT;
	}
	return n >= 0;
}

static void
put(struct conn *c, const void *p, size_t n)
{
	if (c->out_n >= OUT_SOFT && !flush(c))
		c->quit = true;
	if (c->out_n + n > c->out_cap) {
		size_t cap = 2 * (c->out_n + n);
		char *b = gort_alloc_noscan(cap);

		memcpy(b, c->out, c->out_n);
		gort_store(&c->out, b);
		c->out_cap = cap;
	}
	memcpy(c->out + c->out_n, p, n);
	c->out_n += n;
}

static void
put_text(struct conn *c, const char *s)
{
	put(c, s, strlen(s));
}

/* One of the protocol's headed lines: ":5", "$3", "*2". */
static void
put_num(struct conn *c, char head, int64_t n)
{
	char b[24], *p = b + sizeof(b);
	uint64_t u = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

	*--p = '\n';
	*--p = '\r';
	do
		*--p = (char)('0' + u % 10);
	while ((u /= 10) != 0);
	if (n < 0)
		*--p = '-';
	*--p = head;
	put(c, p, (size_t)(b + sizeof(b) - p));
}

static void
put_bulk(struct conn *c, struct bytes v)
{
	put_num(c, '$', (int64_t)v.n);
	put(c, v.p, v.n);
	put(c, "\r\n", 2);
}

static void
put_nil(struct conn *c)
{
	put_text(c, "$-1\r\n");
}

static void
put_err(struct conn *c, const char *text)
{
	put_text(c, "-ERR ");
	put_text(c, text);
	put_text(c, "\r\n");
}

static bool
parse_int(struct bytes b, int64_t *ret)
{
	char t[24], *end;
	long long v;

	if (b.n == 0 || b.n >= sizeof(t) || b.p[0] == ' ' || b.p[0] == '+')
		return false;
	memcpy(t, b.p, b.n);
	t[b.n] = '\0';
	errno = 0;
	v = strtoll(t, &end, 10);
	if (errno != 0 || end != t + b.n)
		return false;
	*ret = v;
	return true;
}

static bool
is_word(struct bytes b, const char *word)
{
	return b.n == strlen(word) && strncasecmp(b.p, word, b.n) == 0;
}

/* ---- commands: arguments are c->args[0, nargs), the name included ------------- */

static void
cmd_ping(struct conn *c)
{
	if (c->nargs > 1)
		put_bulk(c, c->args[1]);
	else
		put_text(c, "+PONG\r\n");
}

static void
cmd_get(struct conn *c)
{
	uint64_t h = hash_of(c->args[1]);
	struct shard *s = shard_of(h);
	struct bytes v = { NULL, 0 };
	struct entry **at;

	gort_mutex_lock(&s->lock);
	at = find(s, h, c->args[1]);
	if (at != NULL)
		v = (struct bytes){ (*at)->val, (*at)->vlen };
	gort_mutex_unlock(&s->lock);
	atomic_fetch_add(v.p ? &n_hits : &n_misses, 1);
	if (v.p == NULL)
		put_nil(c);
	else
		put_bulk(c, v);
}

struct set_options {
	int64_t expire_ns; /* 0: none */
	bool nx, xx, keepttl;
};

/* The words behind SET key value. An error was answered when false. */
static bool
set_options(struct conn *c, struct set_options *ret)
{
	for (size_t i = 3; i < c->nargs; i++) {
		bool ex = is_word(c->args[i], "EX");
		int64_t n;

		if (is_word(c->args[i], "NX")) {
			ret->nx = true;
		} else if (is_word(c->args[i], "XX")) {
			ret->xx = true;
		} else if (is_word(c->args[i], "KEEPTTL")) {
			ret->keepttl = true;
		} else if ((ex || is_word(c->args[i], "PX")) &&
		    i + 1 < c->nargs) {
			if (!parse_int(c->args[++i], &n)) {
				put_err(c, "value is not an integer or out of "
				           "range");
				return false;
			}
			if (n <= 0 || n > INT64_C(4000000000)) {
				put_err(c, "invalid expire time in 'set' "
				           "command");
				return false;
			}
			ret->expire_ns =
			    gort_wall_ns() + n * (ex ? GORT_SEC : GORT_MS);
		} else {
			put_err(c, "syntax error");
			return false;
		}
	}
	if (ret->nx && ret->xx)
		put_err(c, "syntax error");
	return !(ret->nx && ret->xx);
}

static void
cmd_set(struct conn *c)
{
	struct set_options o = { 0, false, false, false };
	uint64_t h = hash_of(c->args[1]);
	struct shard *s = shard_of(h);
	struct entry *e;
	const char *v;
	bool there;

	if (!set_options(c, &o))
		return;
	v = keep(c->args[2]);
	gort_mutex_lock(&s->lock);
	if (o.nx || o.xx) {
		there = find(s, h, c->args[1]) != NULL;
		if (there == o.nx) {
			gort_mutex_unlock(&s->lock);
			put_nil(c);
			return;
		}
	}
	e = find_or_add(s, h, c->args[1]);
	gort_store(&e->val, (void *)v);
	e->vlen = (uint32_t)c->args[2].n;
	if (!o.keepttl)
		e->expire_ns = o.expire_ns;
	gort_mutex_unlock(&s->lock);
	put_text(c, "+OK\r\n");
}

static void
add_to(struct conn *c, int64_t by)
{
	uint64_t h = hash_of(c->args[1]);
	struct shard *s = shard_of(h);
	int64_t n = 0;
	char b[24];
	struct entry **at, *e;
	int len;

	gort_mutex_lock(&s->lock);
	at = find(s, h, c->args[1]);
	if (at != NULL &&
	    !parse_int((struct bytes){ (*at)->val, (*at)->vlen }, &n)) {
		gort_mutex_unlock(&s->lock);
		put_err(c, "value is not an integer or out of range");
		return;
	}
	if (__builtin_add_overflow(n, by, &n)) {
		gort_mutex_unlock(&s->lock);
		put_err(c, "increment or decrement would overflow");
		return;
	}
	e = find_or_add(s, h, c->args[1]);
	len = snprintf(b, sizeof(b), "%lld", (long long)n);
	gort_store(&e->val, (void *)keep((struct bytes){ b, (size_t)len }));
	e->vlen = (uint32_t)len;
	gort_mutex_unlock(&s->lock);
	put_num(c, ':', n);
}

static void
cmd_incr(struct conn *c)
{
	add_to(c, 1);
}

static void
cmd_decr(struct conn *c)
{
	add_to(c, -1);
}

static void
cmd_incrby(struct conn *c)
{
	int64_t by;

	if (!parse_int(c->args[2], &by))
		put_err(c, "value is not an integer or out of range");
	else
		add_to(c, by);
}

static void
cmd_del(struct conn *c)
{
	int64_t n = 0;

	for (size_t i = 1; i < c->nargs; i++) {
		uint64_t h = hash_of(c->args[i]);
		struct shard *s = shard_of(h);
		struct entry **at;

		gort_mutex_lock(&s->lock);
		at = find(s, h, c->args[i]);
		if (at != NULL) {
			unlink_at(s, at);
			n++;
		}
		gort_mutex_unlock(&s->lock);
	}
	put_num(c, ':', n);
}

static void
cmd_exists(struct conn *c)
{
	int64_t n = 0;

	for (size_t i = 1; i < c->nargs; i++) {
		uint64_t h = hash_of(c->args[i]);
		struct shard *s = shard_of(h);

		gort_mutex_lock(&s->lock);
		n += find(s, h, c->args[i]) != NULL;
		gort_mutex_unlock(&s->lock);
	}
	put_num(c, ':', n);
}

static void
expire_in(struct conn *c, int64_t unit_ns)
{
	uint64_t h = hash_of(c->args[1]);
	struct shard *s = shard_of(h);
	struct entry **at;
	int64_t n;

	if (!parse_int(c->args[2], &n) || n > INT64_C(4000000000) ||
	    n < -INT64_C(4000000000)) {
		put_err(c, "value is not an integer or out of range");
		return;
	}
	gort_mutex_lock(&s->lock);
	at = find(s, h, c->args[1]);
	if (at != NULL && n <= 0)
		unlink_at(s, at);
	else if (at != NULL)
		(*at)->expire_ns = gort_wall_ns() + n * unit_ns;
	gort_mutex_unlock(&s->lock);
	put_num(c, ':', at != NULL);
}

static void
cmd_expire(struct conn *c)
{
	expire_in(c, GORT_SEC);
}

static void
cmd_pexpire(struct conn *c)
{
	expire_in(c, GORT_MS);
}

/* -2: no such key, -1: no expiry, else what is left, rounded up. */
static void
ttl_in(struct conn *c, int64_t unit_ns)
{
	uint64_t h = hash_of(c->args[1]);
	struct shard *s = shard_of(h);
	struct entry **at;
	int64_t left = -2;

	gort_mutex_lock(&s->lock);
	at = find(s, h, c->args[1]);
	if (at != NULL)
		left = (*at)->expire_ns == 0
		    ? -1
		    : ((*at)->expire_ns - gort_wall_ns() + unit_ns - 1) /
		        unit_ns;
	gort_mutex_unlock(&s->lock);
	put_num(c, ':', left);
}

static void
cmd_ttl(struct conn *c)
{
	ttl_in(c, GORT_SEC);
}

static void
cmd_pttl(struct conn *c)
{
	ttl_in(c, GORT_MS);
}

static int64_t
keys_now(void)
{
	int64_t n = 0;

	for (size_t i = 0; i < SHARDS; i++) {
		gort_mutex_lock(&shards[i].lock);
		n += (int64_t)shards[i].used;
		gort_mutex_unlock(&shards[i].lock);
	}
	return n;
}

static void
cmd_dbsize(struct conn *c)
{
	put_num(c, ':', keys_now());
}

static void
cmd_flushall(struct conn *c)
{
	for (size_t i = 0; i < SHARDS; i++) {
		gort_mutex_lock(&shards[i].lock);
		gort_store(&shards[i].bucket, NULL);
		shards[i].nbucket = shards[i].used = shards[i].sweep_at = 0;
		gort_mutex_unlock(&shards[i].lock);
	}
	put_text(c, "+OK\r\n");
}

static void
cmd_info(struct conn *c)
{
	gort_memstats m;
	gort_str t;

	gort_read_memstats(&m);
	t = gort_strf("# Server\r\nredis_mode:standalone\r\nserver:%s\r\n"
	              "uptime_in_seconds:%lld\r\n"
	              "# Clients\r\nconnected_clients:%llu\r\n"
	              "# Memory\r\nused_memory:%llu\r\ntotal_system:%llu\r\n"
	              "gc_cycles:%u\r\ngc_pause_total_us:%llu\r\n"
	              "# Stats\r\ntotal_connections_received:%llu\r\n"
	              "total_commands_processed:%llu\r\nkeyspace_hits:%llu\r\n"
	              "keyspace_misses:%llu\r\nexpired_keys:%llu\r\n"
	              "goroutines:%lld\r\n"
	              "# Keyspace\r\ndb0:keys=%lld\r\n",
	    gort_version(),
	    (long long)((gort_now_ns() - started_ns) / GORT_SEC),
	    (unsigned long long)n_clients, (unsigned long long)m.alloc,
	    (unsigned long long)m.sys, m.num_gc,
	    (unsigned long long)(m.pause_total_ns / 1000),
	    (unsigned long long)n_connections, (unsigned long long)n_commands,
	    (unsigned long long)n_hits, (unsigned long long)n_misses,
	    (unsigned long long)n_expired, (long long)gort_num_goroutine(),
	    (long long)keys_now());
	put_bulk(c, (struct bytes){ t.p, (size_t)t.n });
}

/* What clients ask at start: redis-benchmark wants two values, any. */
static void
cmd_config(struct conn *c)
{
	if (c->nargs < 3 || !is_word(c->args[1], "GET")) {
		put_err(c, "only CONFIG GET is known");
		return;
	}
	put_num(c, '*', 2);
	put_bulk(c, c->args[2]);
	put_bulk(c, (struct bytes){ "", 0 });
}

static void
cmd_command(struct conn *c)
{
	put_text(c, "*0\r\n");
}

static void
cmd_ok(struct conn *c)
{
	put_text(c, "+OK\r\n");
}

static void
cmd_quit(struct conn *c)
{
	put_text(c, "+OK\r\n");
	c->quit = true;
}

/* clang-format off */
static const struct command {
	const char *name;
	size_t min, max; /* arguments, the name included */
	void (*run)(struct conn *);
} commands[] = {
	{ "get", 2, 2, cmd_get },           { "set", 3, 8, cmd_set },
	{ "incr", 2, 2, cmd_incr },         { "decr", 2, 2, cmd_decr },
	{ "incrby", 3, 3, cmd_incrby },     { "ping", 1, 2, cmd_ping },
	{ "del", 2, ARGS_MAX, cmd_del },    { "unlink", 2, ARGS_MAX, cmd_del },
	{ "exists", 2, ARGS_MAX, cmd_exists },
	{ "expire", 3, 3, cmd_expire },     { "pexpire", 3, 3, cmd_pexpire },
	{ "ttl", 2, 2, cmd_ttl },           { "pttl", 2, 2, cmd_pttl },
	{ "dbsize", 1, 1, cmd_dbsize },     { "flushall", 1, 2, cmd_flushall },
	{ "flushdb", 1, 2, cmd_flushall },  { "info", 1, 2, cmd_info },
	{ "config", 2, ARGS_MAX, cmd_config },
	{ "command", 1, ARGS_MAX, cmd_command },
	{ "select", 2, 2, cmd_ok },         { "client", 2, ARGS_MAX, cmd_ok },
	{ "quit", 1, 1, cmd_quit },
};
/* clang-format on */

static void
execute(struct conn *c)
{
	const struct bytes name = c->args[0];

	atomic_fetch_add_explicit(&n_commands, 1, memory_order_relaxed);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (!is_word(name, commands[i].name))
			continue;
		if (c->nargs < commands[i].min || c->nargs > commands[i].max) {
			gort_str t = gort_strf("wrong number of arguments for "
			                       "'%s' command",
			    commands[i].name);

			put_err(c, gort_cstr(t));
		} else {
			commands[i].run(c);
		}
		return;
	}
	{ /* the name is the client's: printable bytes only, and not many */
		char shown[33];
		size_t n = name.n < 32 ? name.n : 32;

		for (size_t i = 0; i < n; i++)
			shown[i] = name.p[i] >= ' ' && name.p[i] < 127
			    ? name.p[i]
			    : '?';
		shown[n] = '\0';
		put_text(c, "-ERR unknown command '");
		put_text(c, shown);
		put_text(c, "'\r\n");
	}
}

/* ---- requests ------------------------------------------------------------------ */

enum parsed { PARSED, NEED_MORE, BROKEN };

/* The line at *at, without its end; *at moves behind it. */
static enum parsed
line_at(struct conn *c, size_t *at, struct bytes *ret)
{
	const char *p = c->in + *at;
	const char *nl = memchr(p, '\n', c->in_n - *at);

	if (nl == NULL) {
		if (c->in_n - *at <= INLINE_MAX)
			return NEED_MORE;
		put_err(c, "Protocol error: too big inline request");
		return BROKEN;
	}
	*ret = (struct bytes){ p, (size_t)(nl - p) };
	if (ret->n > 0 && p[ret->n - 1] == '\r')
		ret->n--;
	*at = (size_t)(nl + 1 - c->in);
	return PARSED;
}

static void
add_arg(struct conn *c, struct bytes a)
{
	if (c->nargs == c->args_cap) {
		size_t cap = c->args_cap ? 2 * c->args_cap : 16;
		struct bytes *b = gort_alloc(cap * sizeof(*b));

		if (c->nargs > 0)
			memcpy(b, c->args, c->nargs * sizeof(*b));
		gort_store(&c->args, b);
		c->args_cap = cap;
	}
	c->args[c->nargs++] = a;
}

static void
split_inline(struct conn *c, struct bytes line)
{
	size_t i = 0;

	while (i < line.n) {
		size_t from;

		while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'))
			i++;
		from = i;
		while (i < line.n && line.p[i] != ' ' && line.p[i] != '\t')
			i++;
		if (i > from)
			add_arg(c, (struct bytes){ line.p + from, i - from });
	}
}

/* "$5\r\nhello\r\n" */
static enum parsed
parse_bulk(struct conn *c, size_t *at)
{
	struct bytes line;
	int64_t n;
	enum parsed r = line_at(c, at, &line);

	if (r != PARSED)
		return r;
	if (line.n == 0 || line.p[0] != '$') {
		put_err(c, "Protocol error: expected '$'");
		return BROKEN;
	}
	if (!parse_int((struct bytes){ line.p + 1, line.n - 1 }, &n) || n < 0 ||
	    n > BULK_MAX) {
		put_err(c, "Protocol error: invalid bulk length");
		return BROKEN;
	}
	if (c->in_n - *at < (size_t)n + 2)
		return NEED_MORE;
	if (memcmp(c->in + *at + n, "\r\n", 2) != 0) {
		put_err(c, "Protocol error: bulk without end");
		return BROKEN;
	}
	add_arg(c, (struct bytes){ c->in + *at, (size_t)n });
	*at += (size_t)n + 2;
	return PARSED;
}

/* One whole command out of the input into args; nothing is taken otherwise. */
static enum parsed
parse(struct conn *c)
{
	size_t at = c->in_at;
	struct bytes line;
	int64_t count;
	enum parsed r = line_at(c, &at, &line);

	c->nargs = 0;
	if (r != PARSED)
		return r;
	if (line.n == 0 || line.p[0] != '*') {
		split_inline(c, line);
		c->in_at = at;
		return PARSED;
	}
	if (!parse_int((struct bytes){ line.p + 1, line.n - 1 }, &count) ||
	    count > ARGS_MAX) {
		put_err(c, "Protocol error: invalid multibulk length");
		return BROKEN;
	}
	for (; count > 0; count--) {
		r = parse_bulk(c, &at);
		if (r == NEED_MORE && c->in_n - c->in_at > REQUEST_MAX) {
			put_err(c, "Protocol error: request too large");
			return BROKEN;
		}
		if (r != PARSED)
			return r;
	}
	c->in_at = at;
	return PARSED;
}

/* Room for one read behind what is there; parsed bytes are dropped. */
static void
make_room(struct conn *c)
{
	size_t left = c->in_n - c->in_at;

	if (c->in_cap - left < IN_START / 2 ||
	    (c->in_cap > 64 * IN_START && left < IN_START)) {
		size_t cap = left < IN_START / 2 ? IN_START : 2 * c->in_cap;
		char *b = gort_alloc_noscan(cap);

		if (left > 0)
			memcpy(b, c->in + c->in_at, left);
		gort_store(&c->in, b);
		c->in_cap = cap;
	} else if (c->in_at > 0) {
		memmove(c->in, c->in + c->in_at, left);
	}
	c->in_n = left;
	c->in_at = 0;
}

static void
serve(void *arg)
{
	struct conn *c = gort_new(&conn_type);
	enum parsed r = NEED_MORE;
	ssize_t n;

	c->fd = arg;
	c->out_cap = OUT_SOFT / 8;
	c->out = gort_alloc_noscan(c->out_cap);
	atomic_fetch_add(&n_connections, 1);
	atomic_fetch_add(&n_clients, 1);
	while (r != BROKEN && !c->quit) {
		make_room(c);
		n = gort_read(c->fd, c->in + c->in_n, c->in_cap - c->in_n);
		if (n <= 0)
			break;
		c->in_n += (size_t)n;
		while (!c->quit && (r = parse(c)) == PARSED)
			if (c->nargs > 0)
				execute(c);
		if (!flush(c))
			break;
	}
	gort_close(c->fd);
	atomic_fetch_sub(&n_clients, 1);
}

/* ---- the program ------------------------------------------------------------------ */

struct options {
	const char *bind, *path;
	int port;
};

static error_t
option(int key, char *arg, struct argp_state *st)
{
	struct options *o = st->input;
	char *end;

	switch (key) {
	case 'p':
		o->port = (int)strtol(arg, &end, 10);
		if (*end != '\0' || o->port < 0 || o->port > 65535)
			argp_error(st, "--port takes 0 to 65535, not '%s'", arg);
		return 0;
	case 'b':
		o->bind = arg;
		return 0;
	case 'u':
		o->path = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* clang-format off */
static const struct argp_option option_table[] = {
	{ "port", 'p', "N", 0, "TCP port (6400; 0 takes a free one)", 0 },
	{ "bind", 'b', "ADDR", 0, "address to listen on (127.0.0.1)", 0 },
	{ "unixsocket", 'u', "PATH", 0, "listen on this socket instead", 0 },
	{ 0 }
};
/* clang-format on */
static const struct argp arguments = { option_table, option, "",
	"A key-value server that speaks the Redis protocol.", NULL, NULL,
	NULL };

static void
acceptor(void *arg)
{
	gort_fd *l = arg, *fd;

	for (;;) {
		int r = gort_accept(l, &fd);

		if (r == -EBADF)
			return;
		if (r == 0)
			gort_go(serve, fd);
		else /* out of descriptors: let some connections end */
			gort_sleep(5 * GORT_MS);
	}
}

int
gort_main(int argc, char **argv)
{
	struct options o = { "127.0.0.1", NULL, 6400 };
	gort_chan *sig = gort_chan_make_noscan(sizeof(int), 2);
	char address[300];
	gort_fd *l;
	int r, which = 0;

	argp_err_exit_status = 2;
	argp_parse(&arguments, argc, argv, 0, NULL, &o);
	started_ns = gort_now_ns();
	seed = gort_rand64() | 1;
	snprintf(address, sizeof(address), "%s:%d", o.bind, o.port);
	r = o.path ? gort_listen("unix", o.path, &l)
	           : gort_listen("tcp", address, &l);
	if (r < 0) {
		fprintf(stderr, "kv: can't listen on %s: %s\n",
		    o.path ? o.path : address, strerror(-r));
		return 1;
	}
	gort_notify(sig, SIGINT, SIGTERM, 0);
	gort_local_addr(l, address, sizeof(address));
	printf("kv: ready on %s\n", address);
	fflush(stdout);
	gort_go(sweeper, NULL);
	gort_go(acceptor, l);
	gort_recv(sig, &which);
	gort_close(l);
	printf("kv: %s after %llu commands\n",
	    which == SIGINT ? "interrupted" : "terminated",
	    (unsigned long long)n_commands);
	if (o.path)
		remove(o.path);
	return 0;
}
