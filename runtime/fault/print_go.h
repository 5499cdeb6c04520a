/*
 * print_go.h - what print and println write, operand by operand.
 *
 * begin ... end bracket one statement; between them the print lock is held and
 * the goroutine stays on its thread. Any thread that has a g; begin nests.
 */
#ifndef RT_PRINT_GO_H
#define RT_PRINT_GO_H

#include <stddef.h>
#include <stdint.h>

void rt_goprint_begin(void);
void rt_goprint_end(void);
void rt_goprint_text(const char *p, size_t n);
void rt_goprint_int(int64_t v);
void rt_goprint_uint(uint64_t v);
void rt_goprint_hex(uint64_t v); /* 0x... */
/* Sign, one digit, point, six digits, e, sign, three digits: +1.500000e+000 */
void rt_goprint_float(double v);
#define RT_FLOAT_TEXT_BYTES 24
/* The same into b, terminated; returns the length. Any thread. */
size_t rt_float_text(double v, char *b);

#endif
