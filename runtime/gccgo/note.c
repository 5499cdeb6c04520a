/*
 * note.c - the ELF note of a compiled Go program: boot/note.c's, of kind go.
 */
#define RT_NOTE_KIND 2
#include "boot/note.c"
