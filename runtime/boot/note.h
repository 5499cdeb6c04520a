/*
 * note.h - the version this libgort was built as, and its ELF note.
 */
#ifndef RT_NOTE_H
#define RT_NOTE_H

#include "config.h"

#define RT_GORT_VERSION PACKAGE_VERSION

/* Start of the note in memory; referring to it links it in. */
extern const unsigned char rt_note_gort[] __attribute__((weak));

#endif
