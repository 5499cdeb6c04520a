/*
 * mainfn.h - what runs as main.main.
 */
#ifndef RT_MAINFN_H
#define RT_MAINFN_H

/* Instead of the program's gort_main (tests). Before rt0_go. */
void rt_mainfn_set(int (*fn)(void *), void *arg);

#endif
