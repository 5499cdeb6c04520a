/*
 * mksizeclasses.c - computes sizeclasses.h. Run by hand, output committed:
 *
 *     make mksizeclasses && ./mksizeclasses > runtime/mem/sizeclasses.h
 *
 * tests/mem/check_sizeclass.c runs it and compares, so the two can't part.
 *
 * An object of n bytes lives in a slot of the smallest class that holds n;
 * slots of one class fill a span of whole pages. Two kinds of loss:
 *
 *   inside   slot - n, at most 1/8 of the slot above 128 bytes
 *   tail     what no slot fits into at the span's end, at most 1/8 of the span
 *
 * The sizes are Go's, one by one: append rounds a slice's capacity up to its
 * class, and programs see that by cap(), their memory profiles by BySize.
 *
 * How many pages a span has is ours. It has at least MIN_OBJECTS slots or
 * MIN_SPAN_BYTES, whichever is reached first: a refill of the per-P cache
 * costs a lock, and with the 8 slots that a single page gives to 1-KiB objects
 * the lock would be a third of the cost of an allocation. Untouched pages of a
 * larger span cost nothing. From 32 bytes on each class is a multiple of 16,
 * so that only 8 and 24 have weaker alignment.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
	PAGE_SHIFT = 13,
	PAGE_BYTES = 1 << PAGE_SHIFT,
	MAX_SMALL = 32768,
	SMALL_STEP_MAX = 1024, /* table by 8 up to here, by 128 above */
	MIN_OBJECTS = 32,
	MIN_SPAN_BYTES = 32768,
};

/* clang-format off */
static const unsigned sizes[] = { /* 0: large objects, one a span */
	0, 8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208,
	224, 240, 256, 288, 320, 352, 384, 416, 448, 480, 512, 576, 640, 704,
	768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072,
	3200, 3456, 4096, 4864, 5376, 6144, 6528, 6784, 6912, 8192, 9472,
	9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480,
	21760, 24576, 27264, 28672, 32768,
};
/* clang-format on */
static const unsigned n = sizeof(sizes) / sizeof(sizes[0]);

static unsigned pages[sizeof(sizes) / sizeof(sizes[0])];

static unsigned
span_pages(unsigned size)
{
	unsigned span = PAGE_BYTES;

	while (span < MIN_SPAN_BYTES && span < size * MIN_OBJECTS)
		span += PAGE_BYTES;
	while (span % size > span / 8)
		span += PAGE_BYTES;
	return span / PAGE_BYTES;
}

static void
compute(void)
{
	for (unsigned i = 1; i < n; i++)
		pages[i] = span_pages(sizes[i]);
}

static unsigned
class_of(unsigned size)
{
	unsigned i = 1;

	while (sizes[i] < size)
		i++;
	return i;
}

static void
print_table(const char *type, const char *name, unsigned count,
    unsigned (*value)(unsigned))
{
	unsigned i;

	printf("const %s %s[%u] = {", type, name, count);
	for (i = 0; i < count; i++)
		printf("%s%u,", i % 10 == 0 ? "\n\t" : " ", value(i));
	printf("\n};\n");
}

static unsigned
size_at(unsigned i)
{
	return sizes[i];
}

static unsigned
pages_at(unsigned i)
{
	return pages[i];
}

/* offset * magic >> 32 is offset / size for each offset inside the span. */
static unsigned
magic_at(unsigned i)
{
	return i == 0 ? 0 : (unsigned)(UINT32_MAX / sizes[i] + 1);
}

static unsigned
by8_at(unsigned i)
{
	return i == 0 ? 1 : class_of(i * 8);
}

static unsigned
by128_at(unsigned i)
{
	return class_of(SMALL_STEP_MAX + i * 128);
}

int
main(void)
{
	compute();
	printf("/* sizeclasses.h - made by mksizeclasses.c, do not edit. */\n"
	       "#ifndef RT_SIZECLASSES_H\n#define RT_SIZECLASSES_H\n\n"
	       "#include <stdint.h>\n\n/*\n * class  slot bytes  pages  "
	       "slots  tail bytes\n");
	for (unsigned i = 1; i < n; i++)
		printf(" * %5u  %10u  %5u  %5u  %10u\n", i, sizes[i], pages[i],
		    pages[i] * PAGE_BYTES / sizes[i],
		    pages[i] * PAGE_BYTES % sizes[i]);
	printf(" */\n#define RT_PAGE_SHIFT %d\n#define RT_PAGE_BYTES %d\n"
	       "#define RT_MAX_SMALL_BYTES %d\n#define RT_SMALL_STEP_MAX %d\n"
	       "#define RT_SIZE_CLASS_N %u\n"
	       "#define RT_CLASS_24 %u /* the one not aligned to 16 */\n\n",
	    PAGE_SHIFT, PAGE_BYTES, MAX_SMALL, SMALL_STEP_MAX, n,
	    class_of(24));
	printf("extern const uint16_t rt_class_to_size[%u];\n"
	       "extern const uint8_t rt_class_to_pages[%u];\n"
	       "extern const uint32_t rt_class_to_magic[%u];\n"
	       "extern const uint8_t rt_size_to_class8[%u];\n"
	       "extern const uint8_t rt_size_to_class128[%u];\n\n",
	    n, n, n, SMALL_STEP_MAX / 8 + 1,
	    (MAX_SMALL - SMALL_STEP_MAX) / 128 + 1);
	printf("#ifdef RT_SIZECLASSES_BODY /* one file defines this */\n");
	print_table("uint16_t", "rt_class_to_size", n, size_at);
	print_table("uint8_t", "rt_class_to_pages", n, pages_at);
	print_table("uint32_t", "rt_class_to_magic", n, magic_at);
	print_table("uint8_t", "rt_size_to_class8", SMALL_STEP_MAX / 8 + 1,
	    by8_at);
	print_table("uint8_t", "rt_size_to_class128",
	    (MAX_SMALL - SMALL_STEP_MAX) / 128 + 1, by128_at);
	printf("#endif\n\n#endif\n");
	return 0;
}
