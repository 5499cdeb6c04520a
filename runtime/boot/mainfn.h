/*
 * mainfn.h - what runs as main.main.
 */
#ifndef RT_MAINFN_H
#define RT_MAINFN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Instead of the program's gort_main (tests). Before rt0_go. */
void rt_mainfn_set(int (*fn)(void *), void *arg);

/*
 * A program in another language than C brings this: gccgo/main.c. It belongs
 * to the executable, so it also carries what only the executable knows, and
 * what it was compiled against: libgort refuses another's (rt_language_check),
 * because the two share the layouts of runtime2.h.
 */
#define RT_LANGUAGE_ABI 1
struct rt_language {
	uint32_t bytes; /* of this struct */
	uint32_t abi;
	const char *version; /* RT_GORT_VERSION */
	size_t g_bytes, m_bytes, p_bytes; /* of the shared structures */
	void (*inits)(void); /* package initialisers, dependencies first */
	void (*main)(void);  /* main.main; the exit code is then 0 */
	/* Code compiled from this language and nothing else; NULL when the
	 * program was linked without the fragment that gathers it. */
	const char *text, *etext;
};
extern const struct rt_language rt_language __attribute__((weak));

/* Fatal when the start object or the language's object is another gort's. */
void rt_language_check(void);
/* Is there code of the language at pc? False also when nobody knows. */
bool rt_language_text(uintptr_t pc);

#endif
