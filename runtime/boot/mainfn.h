/*
 * mainfn.h - what runs as main.main.
 */
#ifndef RT_MAINFN_H
#define RT_MAINFN_H

/* Instead of the program's gort_main (tests). Before rt0_go. */
void rt_mainfn_set(int (*fn)(void *), void *arg);

/* A program in another language than C brings this: gccgo/main.c. */
struct rt_language {
	void (*inits)(void); /* package initialisers, dependencies first */
	void (*main)(void);  /* main.main; the exit code is then 0 */
};
extern const struct rt_language rt_language __attribute__((weak));

#endif
