/*
 * cpu.c - what the processor can do, and what we pick by it.
 *
 * cpuid is asked once. A vector extension counts only when the system saves
 * its registers over a context switch (OSXSAVE and the bits of XCR0), or a
 * neighbour's data would leak into ours. GODEBUG's cpu.* switches are not read
 * here: they belong to libraries.
 *
 * Clearing memory has three variants, each best somewhere:
 *   erms   rep stosb: the processor's own microcode, best for large pieces
 *   avx2   32-byte stores
 *   sse2   16-byte stores, always there
 */
#include "boot/boot.h"
#include "boot/memclr.h"
#include "mem/malloc.h"

#include <cpuid.h>
#include <string.h>

struct rt_cpu rt_cpu;

static uint64_t
xgetbv0(void)
{
	uint32_t lo, hi;

	__asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
	return (uint64_t)hi << 32 | lo;
}

static bool
bit(uint32_t word, int n)
{
	return (word >> n & 1) != 0;
}

static void
read_vendor(uint32_t *ret_max)
{
	uint32_t a, b, c, d;

	__cpuid(0, a, b, c, d);
	memcpy(rt_cpu.vendor, &b, 4);
	memcpy(rt_cpu.vendor + 4, &d, 4);
	memcpy(rt_cpu.vendor + 8, &c, 4);
	*ret_max = a;
}

/* Family and model are split in two parts each for old software's sake. */
static void
read_signature(uint32_t a, uint32_t b)
{
	rt_cpu.stepping = a & 15;
	rt_cpu.family = a >> 8 & 15;
	rt_cpu.model = a >> 4 & 15;
	if (rt_cpu.family == 15)
		rt_cpu.family += a >> 20 & 255;
	if (rt_cpu.family >= 6)
		rt_cpu.model += (a >> 16 & 15) << 4;
	rt_cpu.cacheline = (b >> 8 & 255) * 8;
}

static void
read_features(uint32_t max)
{
	uint32_t a, b, c, d;
	bool ymm = false, zmm = false;

	__cpuid(1, a, b, c, d);
	read_signature(a, b);
	rt_cpu.ssse3 = bit(c, 9);
	rt_cpu.sse41 = bit(c, 19);
	rt_cpu.sse42 = bit(c, 20);
	rt_cpu.popcnt = bit(c, 23);
	rt_cpu.aes = bit(c, 25);
	rt_cpu.pclmul = bit(c, 1);
	rt_cpu.osxsave = bit(c, 27);
	if (rt_cpu.osxsave) {
		uint64_t xcr0 = xgetbv0();

		ymm = (xcr0 & 6) == 6;
		zmm = (xcr0 & 0xe6) == 0xe6;
	}
	rt_cpu.avx = bit(c, 28) && ymm;
	rt_cpu.fma = bit(c, 12) && ymm;
	if (max < 7)
		return;
	__cpuid_count(7, 0, a, b, c, d);
	rt_cpu.bmi1 = bit(b, 3);
	rt_cpu.avx2 = bit(b, 5) && ymm;
	rt_cpu.bmi2 = bit(b, 8);
	rt_cpu.erms = bit(b, 9);
	rt_cpu.avx512f = bit(b, 16) && zmm;
	rt_cpu.fsrm = bit(d, 4);
}

static void
read_extended(void)
{
	uint32_t r[4], max;

	__cpuid(0x80000000, max, r[1], r[2], r[3]);
	if (max >= 0x80000001) {
		__cpuid(0x80000001, r[0], r[1], r[2], r[3]);
		rt_cpu.rdtscp = bit(r[3], 27);
	}
	if (max >= 0x80000004) {
		for (uint32_t i = 0; i < 3; i++) {
			__cpuid(0x80000002 + i, r[0], r[1], r[2], r[3]);
			memcpy(rt_cpu.brand + 16 * i, r, 16);
		}
	}
	if (max >= 0x80000007) {
		__cpuid(0x80000007, r[0], r[1], r[2], r[3]);
		rt_cpu.invtsc = bit(r[3], 8);
	}
}

static const char *
brand(void)
{
	const char *s = rt_cpu.brand;

	while (*s == ' ')
		s++;
	return *s == 0 ? "unnamed" : s;
}

void
rt_cpuinit(void)
{
	int step = rt_boot_begin("cpuinit"), sub = rt_boot_begin("cpuid");
	uint32_t max;

	read_vendor(&max);
	read_features(max);
	read_extended();
	if (rt_cpu.cacheline == 0)
		rt_cpu.cacheline = RT_CACHE_LINE;
	rt_boot_end(sub, "%s family %u model %u stepping %u, %s",
	    rt_cpu.vendor, rt_cpu.family, rt_cpu.model, rt_cpu.stepping,
	    brand());
	sub = rt_boot_begin("memclrinit");
	rt_boot_end(sub, "%s", rt_memclr_pick(&rt_cpu));
	rt_boot_end(step, "%s%s%s%s%s%s%s%s%s cache line %u",
	    rt_cpu.sse42 ? "sse4.2 " : "", rt_cpu.popcnt ? "popcnt " : "",
	    rt_cpu.aes ? "aes " : "", rt_cpu.avx ? "avx " : "",
	    rt_cpu.avx2 ? "avx2 " : "", rt_cpu.avx512f ? "avx512f " : "",
	    rt_cpu.bmi2 ? "bmi2 " : "", rt_cpu.erms ? "erms " : "",
	    rt_cpu.fsrm ? "fsrm" : "", rt_cpu.cacheline);
}
