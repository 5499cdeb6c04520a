/*
 * publictypes_amd64.S - descriptors of package runtime's public types. Made by
 * mktypes.sh from publictypes.go.in, do not edit.
 */
	.section .data.rel.ro,"aw"
	.balign 8
	.globl	runtime..types
runtime..types:
	.quad	81, runtime.Error..p, string..p, type..func_8_9_8string_9
	.quad	type..func_8_9_8_9, runtime.MemStats..p, uint64..p
	.quad	type.._6_7uint64, type.._6256_7uint64, uint32..p, float64..p
	.quad	bool..p
	.quad	type..struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5
	.quad	type.._6_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5
	.quad	type.._661_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5
	.quad	uintptr..p, type..func_8_9_8uintptr_9
	.quad	type..func_8_2runtime_0Func_9_8uintptr_9, int..p
	.quad	type..func_8uintptr_9_8string_3int_9
	.quad	type..func_8_2runtime_0Func_3uintptr_9_8string_3int_9
	.quad	type..func_8_2runtime_0Func_9_8string_9, type.._2_2runtime_0Func
	.quad	runtime.Func..p, runtime.Frame..p
	.quad	type..func_8_9_8runtime_0Frame_3bool_9
	.quad	type..func_8_2runtime_0Frames_9_8runtime_0Frame_3bool_9
	.quad	type.._2_2runtime_0Frames, runtime.Frames..p, type.._6_7uintptr
	.quad	type..func_8_9_8_6_7uintptr_9
	.quad	type..func_8_2runtime_0StackRecord_9_8_6_7uintptr_9
	.quad	type.._2_2runtime_0StackRecord, runtime.StackRecord..p
	.quad	type.._632_7uintptr, int64..p, type..func_8_9_8int64_9
	.quad	type..func_8_2runtime_0MemProfileRecord_9_8int64_9
	.quad	type..func_8_2runtime_0MemProfileRecord_9_8_6_7uintptr_9
	.quad	type.._2_2runtime_0MemProfileRecord, runtime.MemProfileRecord..p
	.quad	type..func_8_2runtime_0BlockProfileRecord_9_8_6_7uintptr_9
	.quad	type.._2_2runtime_0BlockProfileRecord
	.quad	runtime.BlockProfileRecord..p
	.quad	type..func_8runtime_0errorString_9_8string_9
	.quad	type..func_8runtime_0errorString_9_8_9
	.quad	type..func_8_2runtime_0errorString_9_8string_9
	.quad	type..func_8_2runtime_0errorString_9_8_9
	.quad	type.._2_2runtime_0errorString, runtime.errorString..p
	.quad	type..func_8runtime_0plainError_9_8string_9
	.quad	type..func_8runtime_0plainError_9_8_9
	.quad	type..func_8_2runtime_0plainError_9_8string_9
	.quad	type..func_8_2runtime_0plainError_9_8_9
	.quad	type.._2_2runtime_0plainError, runtime.plainError..p
	.quad	type..func_8runtime_0errorAddressString_9_8uintptr_9
	.quad	type..func_8runtime_0errorAddressString_9_8string_9
	.quad	type..func_8runtime_0errorAddressString_9_8_9
	.quad	type..func_8_2runtime_0errorAddressString_9_8uintptr_9
	.quad	type..func_8_2runtime_0errorAddressString_9_8string_9
	.quad	type..func_8_2runtime_0errorAddressString_9_8_9
	.quad	type.._2_2runtime_0errorAddressString
	.quad	runtime.errorAddressString..p, runtime.boundsErrorCode..p
	.quad	type..func_8runtime_0boundsError_9_8string_9
	.quad	type..func_8runtime_0boundsError_9_8_9
	.quad	type..func_8_2runtime_0boundsError_9_8string_9
	.quad	type..func_8_2runtime_0boundsError_9_8_9
	.quad	type.._2_2runtime_0boundsError, runtime.boundsError..p
	.quad	runtime.__type..p, uint8..p
	.quad	type..func_8unsafe_0Pointer_3unsafe_0Pointer_9_8bool_9
	.quad	type..func_8_2runtime_0TypeAssertionError_9_8string_9
	.quad	type..func_8_2runtime_0TypeAssertionError_9_8_9
	.quad	type.._2_2runtime_0TypeAssertionError
	.quad	runtime.TypeAssertionError..p
	.quad	type..func_8runtime_0foreignError_9_8string_9
	.quad	type..func_8_2runtime_0foreignError_9_8string_9
	.quad	type.._2_2runtime_0foreignError, runtime.foreignError..p
	.globl	runtime.foreignError..d
	.section	.data.rel.ro.runtime.foreignError..d,"aw"
	.align 32
runtime.foreignError..d:
	.quad	16, 8
	.long	1398301067
	.byte	0, 8, 8, 24
	.quad	runtime.strequal..f, gcbits..ba, go..C429, go..C437
	.quad	runtime.foreignError..p
	.weak	runtime.foreignError..p
	.section	.data.rel.ro.runtime.foreignError..p,"awG",@progbits,runtime.foreignError..p,comdat
	.align 32
runtime.foreignError..p:
	.quad	8, 8
	.long	897980601
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C438, go..C444
	.quad	type.._2_2runtime_0foreignError, runtime.foreignError..d
	.weak	type.._2_2runtime_0foreignError
	.section	.data.rel.ro.type.._2_2runtime_0foreignError,"awG",@progbits,type.._2_2runtime_0foreignError,comdat
	.align 32
type.._2_2runtime_0foreignError:
	.quad	8, 8
	.long	1482787737
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C445, 0, 0
	.quad	runtime.foreignError..p
	.section	.rodata
	.align 8
.LC0:
	.ascii	"**\truntime\truntime.foreignError"
	.zero	1
	.section	.data.rel.ro.local.go..C445,"aw"
	.align 16
go..C445:
	.quad	.LC0, 31
	.section	.data.rel.ro.local.go..C444,"aw"
	.align 32
go..C444:
	.quad	0, 0, go..C443, 1, 1
	.section	.data.rel.ro.go..C443,"aw"
	.align 32
go..C443:
	.quad	go..C439, 0, type..func_8_9_8string_9
	.quad	type..func_8_2runtime_0foreignError_9_8string_9
	.quad	runtime.foreignError.Error
	.weak	type..func_8_2runtime_0foreignError_9_8string_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0foreignError_9_8string_9,"awG",@progbits,type..func_8_2runtime_0foreignError_9_8string_9,comdat
	.align 32
type..func_8_2runtime_0foreignError_9_8string_9:
	.quad	8, 8
	.long	-413352536
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C440, 0, 0
	.byte	0
	.zero	7
	.quad	go..C441, 1, 1, go..C442, 1, 1
	.section	.data.rel.ro.go..C442,"aw"
	.align 8
go..C442:
	.quad	string..d
	.section	.data.rel.ro.go..C441,"aw"
	.align 8
go..C441:
	.quad	runtime.foreignError..p
	.section	.rodata
	.align 8
.LC1:
	.ascii	"func(*\truntime\truntime.foreignError) string"
	.zero	1
	.section	.data.rel.ro.local.go..C440,"aw"
	.align 16
go..C440:
	.quad	.LC1, 43
	.section	.rodata
.LC2:
	.ascii	"Error"
	.zero	1
	.section	.data.rel.ro.local.go..C439,"aw"
	.align 16
go..C439:
	.quad	.LC2, 5
	.section	.rodata
.LC3:
	.ascii	"*\truntime\truntime.foreignError"
	.zero	1
	.section	.data.rel.ro.local.go..C438,"aw"
	.align 16
go..C438:
	.quad	.LC3, 30
	.section	.data.rel.ro.local.go..C437,"aw"
	.align 32
go..C437:
	.quad	go..C430, go..C431, go..C436, 1, 1
	.section	.data.rel.ro.go..C436,"aw"
	.align 32
go..C436:
	.quad	go..C432, 0, type..func_8_9_8string_9
	.quad	type..func_8runtime_0foreignError_9_8string_9
	.quad	runtime.foreignError.Error
	.weak	type..func_8runtime_0foreignError_9_8string_9
	.section	.data.rel.ro.local.type..func_8runtime_0foreignError_9_8string_9,"awG",@progbits,type..func_8runtime_0foreignError_9_8string_9,comdat
	.align 32
type..func_8runtime_0foreignError_9_8string_9:
	.quad	8, 8
	.long	-1582966808
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C433, 0, 0
	.byte	0
	.zero	7
	.quad	go..C434, 1, 1, go..C435, 1, 1
	.section	.data.rel.ro.go..C435,"aw"
	.align 8
go..C435:
	.quad	string..d
	.section	.data.rel.ro.go..C434,"aw"
	.align 8
go..C434:
	.quad	runtime.foreignError..d
	.section	.rodata
	.align 8
.LC4:
	.ascii	"func(\truntime\truntime.foreignError) string"
	.zero	1
	.section	.data.rel.ro.local.go..C433,"aw"
	.align 16
go..C433:
	.quad	.LC4, 42
	.section	.data.rel.ro.local.go..C432,"aw"
	.align 16
go..C432:
	.quad	.LC2, 5
	.section	.rodata
.LC5:
	.ascii	"runtime"
	.zero	1
	.section	.data.rel.ro.local.go..C431,"aw"
	.align 16
go..C431:
	.quad	.LC5, 7
	.section	.rodata
.LC6:
	.ascii	"foreignError"
	.zero	1
	.section	.data.rel.ro.local.go..C430,"aw"
	.align 16
go..C430:
	.quad	.LC6, 12
	.section	.rodata
.LC7:
	.ascii	"\truntime\truntime.foreignError"
	.zero	1
	.section	.data.rel.ro.local.go..C429,"aw"
	.align 16
go..C429:
	.quad	.LC7, 29
	.globl	runtime.TypeAssertionError..d
	.section	.data.rel.ro.local.runtime.TypeAssertionError..d,"aw"
	.align 32
runtime.TypeAssertionError..d:
	.quad	40, 32
	.long	-1880603013
	.byte	0, 8, 8, 25
	.quad	runtime.TypeAssertionError..eq..f, gcbits..pa, go..C403
	.quad	go..C407, runtime.TypeAssertionError..p, go..C428, 4, 4
	.section	.data.rel.ro.go..C428,"aw"
	.align 32
go..C428:
	.quad	go..C420, go..C421, runtime.__type..p, 0, 0, go..C422, go..C423
	.quad	runtime.__type..p, 0, 16, go..C424, go..C425, runtime.__type..p
	.quad	0, 32, go..C426, go..C427, string..d, 0, 48
	.section	.data.rel.ro.local.go..C427,"aw"
	.align 16
go..C427:
	.quad	.LC5, 7
	.section	.rodata
.LC8:
	.ascii	"missingMethod"
	.zero	1
	.section	.data.rel.ro.local.go..C426,"aw"
	.align 16
go..C426:
	.quad	.LC8, 13
	.section	.data.rel.ro.local.go..C425,"aw"
	.align 16
go..C425:
	.quad	.LC5, 7
	.section	.rodata
.LC9:
	.ascii	"asserted"
	.zero	1
	.section	.data.rel.ro.local.go..C424,"aw"
	.align 16
go..C424:
	.quad	.LC9, 8
	.section	.data.rel.ro.local.go..C423,"aw"
	.align 16
go..C423:
	.quad	.LC5, 7
	.section	.rodata
.LC10:
	.ascii	"concrete"
	.zero	1
	.section	.data.rel.ro.local.go..C422,"aw"
	.align 16
go..C422:
	.quad	.LC10, 8
	.section	.data.rel.ro.local.go..C421,"aw"
	.align 16
go..C421:
	.quad	.LC5, 7
	.section	.rodata
.LC11:
	.ascii	"_interface"
	.zero	1
	.section	.data.rel.ro.local.go..C420,"aw"
	.align 16
go..C420:
	.quad	.LC11, 10
	.weak	runtime.TypeAssertionError..p
	.section	.data.rel.ro.runtime.TypeAssertionError..p,"awG",@progbits,runtime.TypeAssertionError..p,comdat
	.align 32
runtime.TypeAssertionError..p:
	.quad	8, 8
	.long	-24877127
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C408, go..C418
	.quad	type.._2_2runtime_0TypeAssertionError
	.quad	runtime.TypeAssertionError..d
	.weak	type.._2_2runtime_0TypeAssertionError
	.section	.data.rel.ro.type.._2_2runtime_0TypeAssertionError,"awG",@progbits,type.._2_2runtime_0TypeAssertionError,comdat
	.align 32
type.._2_2runtime_0TypeAssertionError:
	.quad	8, 8
	.long	-398034023
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C419, 0, 0
	.quad	runtime.TypeAssertionError..p
	.section	.rodata
	.align 8
.LC12:
	.ascii	"**\truntime\truntime.TypeAssertionError"
	.zero	1
	.section	.data.rel.ro.local.go..C419,"aw"
	.align 16
go..C419:
	.quad	.LC12, 37
	.section	.data.rel.ro.local.go..C418,"aw"
	.align 32
go..C418:
	.quad	0, 0, go..C417, 2, 2
	.section	.data.rel.ro.go..C417,"aw"
	.align 32
go..C417:
	.quad	go..C409, 0, type..func_8_9_8string_9
	.quad	type..func_8_2runtime_0TypeAssertionError_9_8string_9
	.quad	runtime.TypeAssertionError.Error, go..C413, 0
	.quad	type..func_8_9_8_9
	.quad	type..func_8_2runtime_0TypeAssertionError_9_8_9
	.quad	runtime.TypeAssertionError.RuntimeError
	.weak	type..func_8_2runtime_0TypeAssertionError_9_8_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0TypeAssertionError_9_8_9,"awG",@progbits,type..func_8_2runtime_0TypeAssertionError_9_8_9,comdat
	.align 32
type..func_8_2runtime_0TypeAssertionError_9_8_9:
	.quad	8, 8
	.long	-796068056
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C414, 0, 0
	.byte	0
	.zero	7
	.quad	go..C415, 1, 1, go..C416, 0, 0
	.section	.data.rel.ro.go..C416,"a"
	.align 8
go..C416:
	.section	.data.rel.ro.go..C415,"aw"
	.align 8
go..C415:
	.quad	runtime.TypeAssertionError..p
	.section	.rodata
	.align 8
.LC13:
	.ascii	"func(*\truntime\truntime.TypeAssertionError)"
	.zero	1
	.section	.data.rel.ro.local.go..C414,"aw"
	.align 16
go..C414:
	.quad	.LC13, 42
	.section	.rodata
.LC14:
	.ascii	"RuntimeError"
	.zero	1
	.section	.data.rel.ro.local.go..C413,"aw"
	.align 16
go..C413:
	.quad	.LC14, 12
	.weak	type..func_8_2runtime_0TypeAssertionError_9_8string_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0TypeAssertionError_9_8string_9,"awG",@progbits,type..func_8_2runtime_0TypeAssertionError_9_8string_9,comdat
	.align 32
type..func_8_2runtime_0TypeAssertionError_9_8string_9:
	.quad	8, 8
	.long	119971240
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C410, 0, 0
	.byte	0
	.zero	7
	.quad	go..C411, 1, 1, go..C412, 1, 1
	.section	.data.rel.ro.go..C412,"aw"
	.align 8
go..C412:
	.quad	string..d
	.section	.data.rel.ro.go..C411,"aw"
	.align 8
go..C411:
	.quad	runtime.TypeAssertionError..p
	.section	.rodata
	.align 8
.LC15:
	.ascii	"func(*\truntime\truntime.TypeAssertionError) string"
	.zero	1
	.section	.data.rel.ro.local.go..C410,"aw"
	.align 16
go..C410:
	.quad	.LC15, 49
	.section	.data.rel.ro.local.go..C409,"aw"
	.align 16
go..C409:
	.quad	.LC2, 5
	.section	.rodata
	.align 8
.LC16:
	.ascii	"*\truntime\truntime.TypeAssertionError"
	.zero	1
	.section	.data.rel.ro.local.go..C408,"aw"
	.align 16
go..C408:
	.quad	.LC16, 36
	.section	.data.rel.ro.local.go..C407,"aw"
	.align 32
go..C407:
	.quad	go..C404, go..C405, go..C406, 0, 0
	.section	.data.rel.ro.go..C406,"a"
	.align 8
go..C406:
	.section	.data.rel.ro.local.go..C405,"aw"
	.align 16
go..C405:
	.quad	.LC5, 7
	.section	.rodata
.LC17:
	.ascii	"TypeAssertionError"
	.zero	1
	.section	.data.rel.ro.local.go..C404,"aw"
	.align 16
go..C404:
	.quad	.LC17, 18
	.section	.rodata
	.align 8
.LC18:
	.ascii	"\truntime\truntime.TypeAssertionError"
	.zero	1
	.section	.data.rel.ro.local.go..C403,"aw"
	.align 16
go..C403:
	.quad	.LC18, 35
	.weak	gcbits..pa
	.section	.data.rel.ro.gcbits..pa,"aG",@progbits,gcbits..pa,comdat
gcbits..pa:
	.byte	15
	.globl	runtime.TypeAssertionError..eq..f
	.section	.data.rel.ro.local.runtime.TypeAssertionError..eq..f,"aw"
	.align 8
runtime.TypeAssertionError..eq..f:
	.quad	runtime.TypeAssertionError..eq
	.globl	runtime.__type..d
	.section	.data.rel.ro.local.runtime.__type..d,"aw"
	.align 32
runtime.__type..d:
	.quad	64, 64
	.long	788614010
	.byte	0, 8, 8, 25
	.quad	0, gcbits..yh, go..C364, go..C368, runtime.__type..p, go..C402
	.quad	12, 12
	.section	.data.rel.ro.go..C402,"aw"
	.align 32
go..C402:
	.quad	go..C370, go..C371, uintptr..d, 0, 0, go..C372, go..C373
	.quad	uintptr..d, 0, 16, go..C374, go..C375, uint32..d, 0, 32
	.quad	go..C376, go..C377, uint8..d, 0, 40, go..C383, go..C384
	.quad	uint8..d, 0, 42, go..C385, go..C386, uint8..d, 0, 44, go..C387
	.quad	go..C388, uint8..d, 0, 46, go..C389, go..C390
	.quad	type..func_8unsafe_0Pointer_3unsafe_0Pointer_9_8bool_9, 0, 48
	.quad	go..C394, go..C395, uint8..p, 0, 64, go..C396, go..C397
	.quad	string..p, 0, 80, go..C398, go..C399, unsafe.Pointer..d, 0, 96
	.quad	go..C400, go..C401, runtime.__type..p, 0, 112
	.section	.data.rel.ro.local.go..C401,"aw"
	.align 16
go..C401:
	.quad	.LC5, 7
	.section	.rodata
.LC19:
	.ascii	"ptrToThis"
	.zero	1
	.section	.data.rel.ro.local.go..C400,"aw"
	.align 16
go..C400:
	.quad	.LC19, 9
	.section	.data.rel.ro.local.go..C399,"aw"
	.align 16
go..C399:
	.quad	.LC5, 7
	.section	.rodata
.LC20:
	.ascii	"uncommon"
	.zero	1
	.section	.data.rel.ro.local.go..C398,"aw"
	.align 16
go..C398:
	.quad	.LC20, 8
	.section	.data.rel.ro.local.go..C397,"aw"
	.align 16
go..C397:
	.quad	.LC5, 7
	.section	.rodata
.LC21:
	.ascii	"_string"
	.zero	1
	.section	.data.rel.ro.local.go..C396,"aw"
	.align 16
go..C396:
	.quad	.LC21, 7
	.section	.data.rel.ro.local.go..C395,"aw"
	.align 16
go..C395:
	.quad	.LC5, 7
	.section	.rodata
.LC22:
	.ascii	"gcdata"
	.zero	1
	.section	.data.rel.ro.local.go..C394,"aw"
	.align 16
go..C394:
	.quad	.LC22, 6
	.weak	type..func_8unsafe_0Pointer_3unsafe_0Pointer_9_8bool_9
	.section	.data.rel.ro.local.type..func_8unsafe_0Pointer_3unsafe_0Pointer_9_8bool_9,"awG",@progbits,type..func_8unsafe_0Pointer_3unsafe_0Pointer_9_8bool_9,comdat
	.align 32
type..func_8unsafe_0Pointer_3unsafe_0Pointer_9_8bool_9:
	.quad	8, 8
	.long	-1568735288
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C391, 0, 0
	.byte	0
	.zero	7
	.quad	go..C392, 2, 2, go..C393, 1, 1
	.section	.data.rel.ro.go..C393,"aw"
	.align 8
go..C393:
	.quad	bool..d
	.section	.data.rel.ro.go..C392,"aw"
	.align 16
go..C392:
	.quad	unsafe.Pointer..d, unsafe.Pointer..d
	.section	.rodata
	.align 8
.LC23:
	.ascii	"func(\tunsafe\tunsafe.Pointer, \tunsafe\tunsafe.Pointer) boo"
	.ascii	"l"
	.zero	1
	.section	.data.rel.ro.local.go..C391,"aw"
	.align 16
go..C391:
	.quad	.LC23, 57
	.section	.data.rel.ro.local.go..C390,"aw"
	.align 16
go..C390:
	.quad	.LC5, 7
	.section	.rodata
.LC24:
	.ascii	"equal"
	.zero	1
	.section	.data.rel.ro.local.go..C389,"aw"
	.align 16
go..C389:
	.quad	.LC24, 5
	.section	.data.rel.ro.local.go..C388,"aw"
	.align 16
go..C388:
	.quad	.LC5, 7
	.section	.rodata
.LC25:
	.ascii	"kind"
	.zero	1
	.section	.data.rel.ro.local.go..C387,"aw"
	.align 16
go..C387:
	.quad	.LC25, 4
	.section	.data.rel.ro.local.go..C386,"aw"
	.align 16
go..C386:
	.quad	.LC5, 7
	.section	.rodata
.LC26:
	.ascii	"fieldAlign"
	.zero	1
	.section	.data.rel.ro.local.go..C385,"aw"
	.align 16
go..C385:
	.quad	.LC26, 10
	.section	.data.rel.ro.local.go..C384,"aw"
	.align 16
go..C384:
	.quad	.LC5, 7
	.section	.rodata
.LC27:
	.ascii	"align"
	.zero	1
	.section	.data.rel.ro.local.go..C383,"aw"
	.align 16
go..C383:
	.quad	.LC27, 5
	.weak	uint8..d
	.section	.data.rel.ro.uint8..d,"awG",@progbits,uint8..d,comdat
	.align 32
uint8..d:
	.quad	1, 0
	.long	264632089
	.byte	8, 1, 1, -120
	.quad	runtime.memequal8..f, 0, go..C378, go..C381, uint8..p
	.weak	uint8..p
	.section	.data.rel.ro.uint8..p,"awG",@progbits,uint8..p,comdat
	.align 32
uint8..p:
	.quad	8, 8
	.long	-60853863
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C382, 0, 0, uint8..d
	.section	.rodata
.LC28:
	.ascii	"*uint8"
	.zero	1
	.section	.data.rel.ro.local.go..C382,"aw"
	.align 16
go..C382:
	.quad	.LC28, 6
	.section	.data.rel.ro.local.go..C381,"aw"
	.align 32
go..C381:
	.quad	go..C379, 0, go..C380, 0, 0
	.section	.data.rel.ro.go..C380,"a"
	.align 8
go..C380:
	.section	.rodata
.LC29:
	.ascii	"uint8"
	.zero	1
	.section	.data.rel.ro.local.go..C379,"aw"
	.align 16
go..C379:
	.quad	.LC29, 5
	.section	.data.rel.ro.local.go..C378,"aw"
	.align 16
go..C378:
	.quad	.LC29, 5
	.section	.data.rel.ro.local.go..C377,"aw"
	.align 16
go..C377:
	.quad	.LC5, 7
	.section	.rodata
.LC30:
	.ascii	"tflag"
	.zero	1
	.section	.data.rel.ro.local.go..C376,"aw"
	.align 16
go..C376:
	.quad	.LC30, 5
	.section	.data.rel.ro.local.go..C375,"aw"
	.align 16
go..C375:
	.quad	.LC5, 7
	.section	.rodata
.LC31:
	.ascii	"hash"
	.zero	1
	.section	.data.rel.ro.local.go..C374,"aw"
	.align 16
go..C374:
	.quad	.LC31, 4
	.section	.data.rel.ro.local.go..C373,"aw"
	.align 16
go..C373:
	.quad	.LC5, 7
	.section	.rodata
.LC32:
	.ascii	"ptrdata"
	.zero	1
	.section	.data.rel.ro.local.go..C372,"aw"
	.align 16
go..C372:
	.quad	.LC32, 7
	.section	.data.rel.ro.local.go..C371,"aw"
	.align 16
go..C371:
	.quad	.LC5, 7
	.section	.rodata
.LC33:
	.ascii	"size"
	.zero	1
	.section	.data.rel.ro.local.go..C370,"aw"
	.align 16
go..C370:
	.quad	.LC33, 4
	.weak	runtime.__type..p
	.section	.data.rel.ro.runtime.__type..p,"awG",@progbits,runtime.__type..p,comdat
	.align 32
runtime.__type..p:
	.quad	8, 8
	.long	-267077719
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C369, 0, 0
	.quad	runtime.__type..d
	.section	.rodata
.LC34:
	.ascii	"*\truntime\truntime._type"
	.zero	1
	.section	.data.rel.ro.local.go..C369,"aw"
	.align 16
go..C369:
	.quad	.LC34, 23
	.section	.data.rel.ro.local.go..C368,"aw"
	.align 32
go..C368:
	.quad	go..C365, go..C366, go..C367, 0, 0
	.section	.data.rel.ro.go..C367,"a"
	.align 8
go..C367:
	.section	.data.rel.ro.local.go..C366,"aw"
	.align 16
go..C366:
	.quad	.LC5, 7
	.section	.rodata
.LC35:
	.ascii	"_type"
	.zero	1
	.section	.data.rel.ro.local.go..C365,"aw"
	.align 16
go..C365:
	.quad	.LC35, 5
	.section	.rodata
.LC36:
	.ascii	"\truntime\truntime._type"
	.zero	1
	.section	.data.rel.ro.local.go..C364,"aw"
	.align 16
go..C364:
	.quad	.LC36, 22
	.weak	gcbits..yh
	.section	.data.rel.ro.gcbits..yh,"aG",@progbits,gcbits..yh,comdat
gcbits..yh:
	.byte	-8
	.globl	runtime.boundsError..d
	.section	.data.rel.ro.local.runtime.boundsError..d,"aw"
	.align 32
runtime.boundsError..d:
	.quad	24, 0
	.long	-704254350
	.byte	0, 8, 8, -103
	.quad	runtime.boundsError..eq..f, 0, go..C330, go..C342
	.quad	runtime.boundsError..p, go..C363, 4, 4
	.section	.data.rel.ro.go..C363,"aw"
	.align 32
go..C363:
	.quad	go..C355, go..C356, int64..d, 0, 0, go..C357, go..C358, int..d
	.quad	0, 16, go..C359, go..C360, bool..d, 0, 32, go..C361, go..C362
	.quad	runtime.boundsErrorCode..d, 0, 34
	.section	.data.rel.ro.local.go..C362,"aw"
	.align 16
go..C362:
	.quad	.LC5, 7
	.section	.rodata
.LC37:
	.ascii	"code"
	.zero	1
	.section	.data.rel.ro.local.go..C361,"aw"
	.align 16
go..C361:
	.quad	.LC37, 4
	.section	.data.rel.ro.local.go..C360,"aw"
	.align 16
go..C360:
	.quad	.LC5, 7
	.section	.rodata
.LC38:
	.ascii	"signed"
	.zero	1
	.section	.data.rel.ro.local.go..C359,"aw"
	.align 16
go..C359:
	.quad	.LC38, 6
	.section	.data.rel.ro.local.go..C358,"aw"
	.align 16
go..C358:
	.quad	.LC5, 7
	.section	.rodata
.LC39:
	.ascii	"y"
	.zero	1
	.section	.data.rel.ro.local.go..C357,"aw"
	.align 16
go..C357:
	.quad	.LC39, 1
	.section	.data.rel.ro.local.go..C356,"aw"
	.align 16
go..C356:
	.quad	.LC5, 7
	.section	.rodata
.LC40:
	.ascii	"x"
	.zero	1
	.section	.data.rel.ro.local.go..C355,"aw"
	.align 16
go..C355:
	.quad	.LC40, 1
	.weak	runtime.boundsError..p
	.section	.data.rel.ro.runtime.boundsError..p,"awG",@progbits,runtime.boundsError..p,comdat
	.align 32
runtime.boundsError..p:
	.quad	8, 8
	.long	1616832297
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C343, go..C353
	.quad	type.._2_2runtime_0boundsError, runtime.boundsError..d
	.weak	type.._2_2runtime_0boundsError
	.section	.data.rel.ro.type.._2_2runtime_0boundsError,"awG",@progbits,type.._2_2runtime_0boundsError,comdat
	.align 32
type.._2_2runtime_0boundsError:
	.quad	8, 8
	.long	99512985
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C354, 0, 0
	.quad	runtime.boundsError..p
	.section	.rodata
.LC41:
	.ascii	"**\truntime\truntime.boundsError"
	.zero	1
	.section	.data.rel.ro.local.go..C354,"aw"
	.align 16
go..C354:
	.quad	.LC41, 30
	.section	.data.rel.ro.local.go..C353,"aw"
	.align 32
go..C353:
	.quad	0, 0, go..C352, 2, 2
	.section	.data.rel.ro.go..C352,"aw"
	.align 32
go..C352:
	.quad	go..C344, 0, type..func_8_9_8string_9
	.quad	type..func_8_2runtime_0boundsError_9_8string_9
	.quad	runtime.boundsError.Error, go..C348, 0, type..func_8_9_8_9
	.quad	type..func_8_2runtime_0boundsError_9_8_9
	.quad	runtime.boundsError.RuntimeError
	.weak	type..func_8_2runtime_0boundsError_9_8_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0boundsError_9_8_9,"awG",@progbits,type..func_8_2runtime_0boundsError_9_8_9,comdat
	.align 32
type..func_8_2runtime_0boundsError_9_8_9:
	.quad	8, 8
	.long	199025960
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C349, 0, 0
	.byte	0
	.zero	7
	.quad	go..C350, 1, 1, go..C351, 0, 0
	.section	.data.rel.ro.go..C351,"a"
	.align 8
go..C351:
	.section	.data.rel.ro.go..C350,"aw"
	.align 8
go..C350:
	.quad	runtime.boundsError..p
	.section	.rodata
	.align 8
.LC42:
	.ascii	"func(*\truntime\truntime.boundsError)"
	.zero	1
	.section	.data.rel.ro.local.go..C349,"aw"
	.align 16
go..C349:
	.quad	.LC42, 35
	.section	.data.rel.ro.local.go..C348,"aw"
	.align 16
go..C348:
	.quad	.LC14, 12
	.weak	type..func_8_2runtime_0boundsError_9_8string_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0boundsError_9_8string_9,"awG",@progbits,type..func_8_2runtime_0boundsError_9_8string_9,comdat
	.align 32
type..func_8_2runtime_0boundsError_9_8string_9:
	.quad	8, 8
	.long	1115065256
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C345, 0, 0
	.byte	0
	.zero	7
	.quad	go..C346, 1, 1, go..C347, 1, 1
	.section	.data.rel.ro.go..C347,"aw"
	.align 8
go..C347:
	.quad	string..d
	.section	.data.rel.ro.go..C346,"aw"
	.align 8
go..C346:
	.quad	runtime.boundsError..p
	.section	.rodata
	.align 8
.LC43:
	.ascii	"func(*\truntime\truntime.boundsError) string"
	.zero	1
	.section	.data.rel.ro.local.go..C345,"aw"
	.align 16
go..C345:
	.quad	.LC43, 42
	.section	.data.rel.ro.local.go..C344,"aw"
	.align 16
go..C344:
	.quad	.LC2, 5
	.section	.rodata
.LC44:
	.ascii	"*\truntime\truntime.boundsError"
	.zero	1
	.section	.data.rel.ro.local.go..C343,"aw"
	.align 16
go..C343:
	.quad	.LC44, 29
	.section	.data.rel.ro.local.go..C342,"aw"
	.align 32
go..C342:
	.quad	go..C331, go..C332, go..C341, 2, 2
	.section	.data.rel.ro.go..C341,"aw"
	.align 32
go..C341:
	.quad	go..C333, 0, type..func_8_9_8string_9
	.quad	type..func_8runtime_0boundsError_9_8string_9
	.quad	runtime.boundsError.Error, go..C337, 0, type..func_8_9_8_9
	.quad	type..func_8runtime_0boundsError_9_8_9
	.quad	runtime.boundsError.RuntimeError
	.weak	type..func_8runtime_0boundsError_9_8_9
	.section	.data.rel.ro.local.type..func_8runtime_0boundsError_9_8_9,"awG",@progbits,type..func_8runtime_0boundsError_9_8_9,comdat
	.align 32
type..func_8runtime_0boundsError_9_8_9:
	.quad	8, 8
	.long	-1061302712
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C338, 0, 0
	.byte	0
	.zero	7
	.quad	go..C339, 1, 1, go..C340, 0, 0
	.section	.data.rel.ro.go..C340,"a"
	.align 8
go..C340:
	.section	.data.rel.ro.go..C339,"aw"
	.align 8
go..C339:
	.quad	runtime.boundsError..d
	.section	.rodata
	.align 8
.LC45:
	.ascii	"func(\truntime\truntime.boundsError)"
	.zero	1
	.section	.data.rel.ro.local.go..C338,"aw"
	.align 16
go..C338:
	.quad	.LC45, 34
	.section	.data.rel.ro.local.go..C337,"aw"
	.align 16
go..C337:
	.quad	.LC14, 12
	.weak	type..func_8runtime_0boundsError_9_8string_9
	.section	.data.rel.ro.local.type..func_8runtime_0boundsError_9_8string_9,"awG",@progbits,type..func_8runtime_0boundsError_9_8string_9,comdat
	.align 32
type..func_8runtime_0boundsError_9_8string_9:
	.quad	8, 8
	.long	-145263416
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C334, 0, 0
	.byte	0
	.zero	7
	.quad	go..C335, 1, 1, go..C336, 1, 1
	.section	.data.rel.ro.go..C336,"aw"
	.align 8
go..C336:
	.quad	string..d
	.section	.data.rel.ro.go..C335,"aw"
	.align 8
go..C335:
	.quad	runtime.boundsError..d
	.section	.rodata
	.align 8
.LC46:
	.ascii	"func(\truntime\truntime.boundsError) string"
	.zero	1
	.section	.data.rel.ro.local.go..C334,"aw"
	.align 16
go..C334:
	.quad	.LC46, 41
	.section	.data.rel.ro.local.go..C333,"aw"
	.align 16
go..C333:
	.quad	.LC2, 5
	.section	.data.rel.ro.local.go..C332,"aw"
	.align 16
go..C332:
	.quad	.LC5, 7
	.section	.rodata
.LC47:
	.ascii	"boundsError"
	.zero	1
	.section	.data.rel.ro.local.go..C331,"aw"
	.align 16
go..C331:
	.quad	.LC47, 11
	.section	.rodata
.LC48:
	.ascii	"\truntime\truntime.boundsError"
	.zero	1
	.section	.data.rel.ro.local.go..C330,"aw"
	.align 16
go..C330:
	.quad	.LC48, 28
	.globl	runtime.boundsError..eq..f
	.section	.data.rel.ro.local.runtime.boundsError..eq..f,"aw"
	.align 8
runtime.boundsError..eq..f:
	.quad	runtime.boundsError..eq
	.globl	runtime.boundsErrorCode..d
	.section	.data.rel.ro.runtime.boundsErrorCode..d,"aw"
	.align 32
runtime.boundsErrorCode..d:
	.quad	1, 0
	.long	-3636775
	.byte	8, 1, 1, -120
	.quad	runtime.memequal8..f, 0, go..C324, go..C328
	.quad	runtime.boundsErrorCode..p
	.weak	runtime.boundsErrorCode..p
	.section	.data.rel.ro.runtime.boundsErrorCode..p,"awG",@progbits,runtime.boundsErrorCode..p,comdat
	.align 32
runtime.boundsErrorCode..p:
	.quad	8, 8
	.long	-58188391
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C329, 0, 0
	.quad	runtime.boundsErrorCode..d
	.section	.rodata
	.align 8
.LC49:
	.ascii	"*\truntime\truntime.boundsErrorCode"
	.zero	1
	.section	.data.rel.ro.local.go..C329,"aw"
	.align 16
go..C329:
	.quad	.LC49, 33
	.section	.data.rel.ro.local.go..C328,"aw"
	.align 32
go..C328:
	.quad	go..C325, go..C326, go..C327, 0, 0
	.section	.data.rel.ro.go..C327,"a"
	.align 8
go..C327:
	.section	.data.rel.ro.local.go..C326,"aw"
	.align 16
go..C326:
	.quad	.LC5, 7
	.section	.rodata
.LC50:
	.ascii	"boundsErrorCode"
	.zero	1
	.section	.data.rel.ro.local.go..C325,"aw"
	.align 16
go..C325:
	.quad	.LC50, 15
	.section	.rodata
	.align 8
.LC51:
	.ascii	"\truntime\truntime.boundsErrorCode"
	.zero	1
	.section	.data.rel.ro.local.go..C324,"aw"
	.align 16
go..C324:
	.quad	.LC51, 32
	.globl	runtime.errorAddressString..d
	.section	.data.rel.ro.local.runtime.errorAddressString..d,"aw"
	.align 32
runtime.errorAddressString..d:
	.quad	24, 8
	.long	-1016327196
	.byte	0, 8, 8, 25
	.quad	runtime.errorAddressString..eq..f, gcbits..ba, go..C286
	.quad	go..C302, runtime.errorAddressString..p, go..C323, 2, 2
	.section	.data.rel.ro.go..C323,"aw"
	.align 32
go..C323:
	.quad	go..C319, go..C320, string..d, 0, 0, go..C321, go..C322
	.quad	uintptr..d, 0, 32
	.section	.data.rel.ro.local.go..C322,"aw"
	.align 16
go..C322:
	.quad	.LC5, 7
	.section	.rodata
.LC52:
	.ascii	"addr"
	.zero	1
	.section	.data.rel.ro.local.go..C321,"aw"
	.align 16
go..C321:
	.quad	.LC52, 4
	.section	.data.rel.ro.local.go..C320,"aw"
	.align 16
go..C320:
	.quad	.LC5, 7
	.section	.rodata
.LC53:
	.ascii	"msg"
	.zero	1
	.section	.data.rel.ro.local.go..C319,"aw"
	.align 16
go..C319:
	.quad	.LC53, 3
	.weak	runtime.errorAddressString..p
	.section	.data.rel.ro.runtime.errorAddressString..p,"awG",@progbits,runtime.errorAddressString..p,comdat
	.align 32
runtime.errorAddressString..p:
	.quad	8, 8
	.long	918634057
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C303, go..C317
	.quad	type.._2_2runtime_0errorAddressString
	.quad	runtime.errorAddressString..d
	.weak	type.._2_2runtime_0errorAddressString
	.section	.data.rel.ro.type.._2_2runtime_0errorAddressString,"awG",@progbits,type.._2_2runtime_0errorAddressString,comdat
	.align 32
type.._2_2runtime_0errorAddressString:
	.quad	8, 8
	.long	1813243033
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C318, 0, 0
	.quad	runtime.errorAddressString..p
	.section	.rodata
	.align 8
.LC54:
	.ascii	"**\truntime\truntime.errorAddressString"
	.zero	1
	.section	.data.rel.ro.local.go..C318,"aw"
	.align 16
go..C318:
	.quad	.LC54, 37
	.section	.data.rel.ro.local.go..C317,"aw"
	.align 32
go..C317:
	.quad	0, 0, go..C316, 3, 3
	.section	.data.rel.ro.go..C316,"aw"
	.align 32
go..C316:
	.quad	go..C304, 0, type..func_8_9_8uintptr_9
	.quad	type..func_8_2runtime_0errorAddressString_9_8uintptr_9
	.quad	runtime.errorAddressString.Addr, go..C308, 0
	.quad	type..func_8_9_8string_9
	.quad	type..func_8_2runtime_0errorAddressString_9_8string_9
	.quad	runtime.errorAddressString.Error, go..C312, 0
	.quad	type..func_8_9_8_9
	.quad	type..func_8_2runtime_0errorAddressString_9_8_9
	.quad	runtime.errorAddressString.RuntimeError
	.weak	type..func_8_2runtime_0errorAddressString_9_8_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0errorAddressString_9_8_9,"awG",@progbits,type..func_8_2runtime_0errorAddressString_9_8_9,comdat
	.align 32
type..func_8_2runtime_0errorAddressString_9_8_9:
	.quad	8, 8
	.long	-668481240
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C313, 0, 0
	.byte	0
	.zero	7
	.quad	go..C314, 1, 1, go..C315, 0, 0
	.section	.data.rel.ro.go..C315,"a"
	.align 8
go..C315:
	.section	.data.rel.ro.go..C314,"aw"
	.align 8
go..C314:
	.quad	runtime.errorAddressString..p
	.section	.rodata
	.align 8
.LC55:
	.ascii	"func(*\truntime\truntime.errorAddressString)"
	.zero	1
	.section	.data.rel.ro.local.go..C313,"aw"
	.align 16
go..C313:
	.quad	.LC55, 42
	.section	.data.rel.ro.local.go..C312,"aw"
	.align 16
go..C312:
	.quad	.LC14, 12
	.weak	type..func_8_2runtime_0errorAddressString_9_8string_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0errorAddressString_9_8string_9,"awG",@progbits,type..func_8_2runtime_0errorAddressString_9_8string_9,comdat
	.align 32
type..func_8_2runtime_0errorAddressString_9_8string_9:
	.quad	8, 8
	.long	247558056
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C309, 0, 0
	.byte	0
	.zero	7
	.quad	go..C310, 1, 1, go..C311, 1, 1
	.section	.data.rel.ro.go..C311,"aw"
	.align 8
go..C311:
	.quad	string..d
	.section	.data.rel.ro.go..C310,"aw"
	.align 8
go..C310:
	.quad	runtime.errorAddressString..p
	.section	.rodata
	.align 8
.LC56:
	.ascii	"func(*\truntime\truntime.errorAddressString) string"
	.zero	1
	.section	.data.rel.ro.local.go..C309,"aw"
	.align 16
go..C309:
	.quad	.LC56, 49
	.section	.data.rel.ro.local.go..C308,"aw"
	.align 16
go..C308:
	.quad	.LC2, 5
	.weak	type..func_8_2runtime_0errorAddressString_9_8uintptr_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0errorAddressString_9_8uintptr_9,"awG",@progbits,type..func_8_2runtime_0errorAddressString_9_8uintptr_9,comdat
	.align 32
type..func_8_2runtime_0errorAddressString_9_8uintptr_9:
	.quad	8, 8
	.long	-1423571992
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C305, 0, 0
	.byte	0
	.zero	7
	.quad	go..C306, 1, 1, go..C307, 1, 1
	.section	.data.rel.ro.go..C307,"aw"
	.align 8
go..C307:
	.quad	uintptr..d
	.section	.data.rel.ro.go..C306,"aw"
	.align 8
go..C306:
	.quad	runtime.errorAddressString..p
	.section	.rodata
	.align 8
.LC57:
	.ascii	"func(*\truntime\truntime.errorAddressString) uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C305,"aw"
	.align 16
go..C305:
	.quad	.LC57, 50
	.section	.rodata
.LC58:
	.ascii	"Addr"
	.zero	1
	.section	.data.rel.ro.local.go..C304,"aw"
	.align 16
go..C304:
	.quad	.LC58, 4
	.section	.rodata
	.align 8
.LC59:
	.ascii	"*\truntime\truntime.errorAddressString"
	.zero	1
	.section	.data.rel.ro.local.go..C303,"aw"
	.align 16
go..C303:
	.quad	.LC59, 36
	.section	.data.rel.ro.local.go..C302,"aw"
	.align 32
go..C302:
	.quad	go..C287, go..C288, go..C301, 3, 3
	.section	.data.rel.ro.go..C301,"aw"
	.align 32
go..C301:
	.quad	go..C289, 0, type..func_8_9_8uintptr_9
	.quad	type..func_8runtime_0errorAddressString_9_8uintptr_9
	.quad	runtime.errorAddressString.Addr, go..C293, 0
	.quad	type..func_8_9_8string_9
	.quad	type..func_8runtime_0errorAddressString_9_8string_9
	.quad	runtime.errorAddressString.Error, go..C297, 0
	.quad	type..func_8_9_8_9
	.quad	type..func_8runtime_0errorAddressString_9_8_9
	.quad	runtime.errorAddressString.RuntimeError
	.weak	type..func_8runtime_0errorAddressString_9_8_9
	.section	.data.rel.ro.local.type..func_8runtime_0errorAddressString_9_8_9,"awG",@progbits,type..func_8runtime_0errorAddressString_9_8_9,comdat
	.align 32
type..func_8runtime_0errorAddressString_9_8_9:
	.quad	8, 8
	.long	1837268104
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C298, 0, 0
	.byte	0
	.zero	7
	.quad	go..C299, 1, 1, go..C300, 0, 0
	.section	.data.rel.ro.go..C300,"a"
	.align 8
go..C300:
	.section	.data.rel.ro.go..C299,"aw"
	.align 8
go..C299:
	.quad	runtime.errorAddressString..d
	.section	.rodata
	.align 8
.LC60:
	.ascii	"func(\truntime\truntime.errorAddressString)"
	.zero	1
	.section	.data.rel.ro.local.go..C298,"aw"
	.align 16
go..C298:
	.quad	.LC60, 41
	.section	.data.rel.ro.local.go..C297,"aw"
	.align 16
go..C297:
	.quad	.LC14, 12
	.weak	type..func_8runtime_0errorAddressString_9_8string_9
	.section	.data.rel.ro.local.type..func_8runtime_0errorAddressString_9_8string_9,"awG",@progbits,type..func_8runtime_0errorAddressString_9_8string_9,comdat
	.align 32
type..func_8runtime_0errorAddressString_9_8string_9:
	.quad	8, 8
	.long	-1541659896
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C294, 0, 0
	.byte	0
	.zero	7
	.quad	go..C295, 1, 1, go..C296, 1, 1
	.section	.data.rel.ro.go..C296,"aw"
	.align 8
go..C296:
	.quad	string..d
	.section	.data.rel.ro.go..C295,"aw"
	.align 8
go..C295:
	.quad	runtime.errorAddressString..d
	.section	.rodata
	.align 8
.LC61:
	.ascii	"func(\truntime\truntime.errorAddressString) string"
	.zero	1
	.section	.data.rel.ro.local.go..C294,"aw"
	.align 16
go..C294:
	.quad	.LC61, 48
	.section	.data.rel.ro.local.go..C293,"aw"
	.align 16
go..C293:
	.quad	.LC2, 5
	.weak	type..func_8runtime_0errorAddressString_9_8uintptr_9
	.section	.data.rel.ro.local.type..func_8runtime_0errorAddressString_9_8uintptr_9,"awG",@progbits,type..func_8runtime_0errorAddressString_9_8uintptr_9,comdat
	.align 32
type..func_8runtime_0errorAddressString_9_8uintptr_9:
	.quad	8, 8
	.long	1082177352
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C290, 0, 0
	.byte	0
	.zero	7
	.quad	go..C291, 1, 1, go..C292, 1, 1
	.section	.data.rel.ro.go..C292,"aw"
	.align 8
go..C292:
	.quad	uintptr..d
	.section	.data.rel.ro.go..C291,"aw"
	.align 8
go..C291:
	.quad	runtime.errorAddressString..d
	.section	.rodata
	.align 8
.LC62:
	.ascii	"func(\truntime\truntime.errorAddressString) uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C290,"aw"
	.align 16
go..C290:
	.quad	.LC62, 49
	.section	.data.rel.ro.local.go..C289,"aw"
	.align 16
go..C289:
	.quad	.LC58, 4
	.section	.data.rel.ro.local.go..C288,"aw"
	.align 16
go..C288:
	.quad	.LC5, 7
	.section	.rodata
.LC63:
	.ascii	"errorAddressString"
	.zero	1
	.section	.data.rel.ro.local.go..C287,"aw"
	.align 16
go..C287:
	.quad	.LC63, 18
	.section	.rodata
	.align 8
.LC64:
	.ascii	"\truntime\truntime.errorAddressString"
	.zero	1
	.section	.data.rel.ro.local.go..C286,"aw"
	.align 16
go..C286:
	.quad	.LC64, 35
	.globl	runtime.errorAddressString..eq..f
	.section	.data.rel.ro.local.runtime.errorAddressString..eq..f,"aw"
	.align 8
runtime.errorAddressString..eq..f:
	.quad	runtime.errorAddressString..eq
	.globl	runtime.plainError..d
	.section	.data.rel.ro.runtime.plainError..d,"aw"
	.align 32
runtime.plainError..d:
	.quad	16, 8
	.long	-12350329
	.byte	0, 8, 8, 24
	.quad	runtime.strequal..f, gcbits..ba, go..C261, go..C273
	.quad	runtime.plainError..p
	.weak	runtime.plainError..p
	.section	.data.rel.ro.runtime.plainError..p,"awG",@progbits,runtime.plainError..p,comdat
	.align 32
runtime.plainError..p:
	.quad	8, 8
	.long	-197605255
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C274, go..C284
	.quad	type.._2_2runtime_0plainError, runtime.plainError..d
	.weak	type.._2_2runtime_0plainError
	.section	.data.rel.ro.type.._2_2runtime_0plainError,"awG",@progbits,type.._2_2runtime_0plainError,comdat
	.align 32
type.._2_2runtime_0plainError:
	.quad	8, 8
	.long	1133283225
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C285, 0, 0
	.quad	runtime.plainError..p
	.section	.rodata
.LC65:
	.ascii	"**\truntime\truntime.plainError"
	.zero	1
	.section	.data.rel.ro.local.go..C285,"aw"
	.align 16
go..C285:
	.quad	.LC65, 29
	.section	.data.rel.ro.local.go..C284,"aw"
	.align 32
go..C284:
	.quad	0, 0, go..C283, 2, 2
	.section	.data.rel.ro.go..C283,"aw"
	.align 32
go..C283:
	.quad	go..C275, 0, type..func_8_9_8string_9
	.quad	type..func_8_2runtime_0plainError_9_8string_9
	.quad	runtime.plainError.Error, go..C279, 0, type..func_8_9_8_9
	.quad	type..func_8_2runtime_0plainError_9_8_9
	.quad	runtime.plainError.RuntimeError
	.weak	type..func_8_2runtime_0plainError_9_8_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0plainError_9_8_9,"awG",@progbits,type..func_8_2runtime_0plainError_9_8_9,comdat
	.align 32
type..func_8_2runtime_0plainError_9_8_9:
	.quad	8, 8
	.long	-2028400856
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C280, 0, 0
	.byte	0
	.zero	7
	.quad	go..C281, 1, 1, go..C282, 0, 0
	.section	.data.rel.ro.go..C282,"a"
	.align 8
go..C282:
	.section	.data.rel.ro.go..C281,"aw"
	.align 8
go..C281:
	.quad	runtime.plainError..p
	.section	.rodata
	.align 8
.LC66:
	.ascii	"func(*\truntime\truntime.plainError)"
	.zero	1
	.section	.data.rel.ro.local.go..C280,"aw"
	.align 16
go..C280:
	.quad	.LC66, 34
	.section	.data.rel.ro.local.go..C279,"aw"
	.align 16
go..C279:
	.quad	.LC14, 12
	.weak	type..func_8_2runtime_0plainError_9_8string_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0plainError_9_8string_9,"awG",@progbits,type..func_8_2runtime_0plainError_9_8string_9,comdat
	.align 32
type..func_8_2runtime_0plainError_9_8string_9:
	.quad	8, 8
	.long	-1112361560
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C276, 0, 0
	.byte	0
	.zero	7
	.quad	go..C277, 1, 1, go..C278, 1, 1
	.section	.data.rel.ro.go..C278,"aw"
	.align 8
go..C278:
	.quad	string..d
	.section	.data.rel.ro.go..C277,"aw"
	.align 8
go..C277:
	.quad	runtime.plainError..p
	.section	.rodata
	.align 8
.LC67:
	.ascii	"func(*\truntime\truntime.plainError) string"
	.zero	1
	.section	.data.rel.ro.local.go..C276,"aw"
	.align 16
go..C276:
	.quad	.LC67, 41
	.section	.data.rel.ro.local.go..C275,"aw"
	.align 16
go..C275:
	.quad	.LC2, 5
	.section	.rodata
.LC68:
	.ascii	"*\truntime\truntime.plainError"
	.zero	1
	.section	.data.rel.ro.local.go..C274,"aw"
	.align 16
go..C274:
	.quad	.LC68, 28
	.section	.data.rel.ro.local.go..C273,"aw"
	.align 32
go..C273:
	.quad	go..C262, go..C263, go..C272, 2, 2
	.section	.data.rel.ro.go..C272,"aw"
	.align 32
go..C272:
	.quad	go..C264, 0, type..func_8_9_8string_9
	.quad	type..func_8runtime_0plainError_9_8string_9
	.quad	runtime.plainError.Error, go..C268, 0, type..func_8_9_8_9
	.quad	type..func_8runtime_0plainError_9_8_9
	.quad	runtime.plainError.RuntimeError
	.weak	type..func_8runtime_0plainError_9_8_9
	.section	.data.rel.ro.local.type..func_8runtime_0plainError_9_8_9,"awG",@progbits,type..func_8runtime_0plainError_9_8_9,comdat
	.align 32
type..func_8runtime_0plainError_9_8_9:
	.quad	8, 8
	.long	-395210520
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C269, 0, 0
	.byte	0
	.zero	7
	.quad	go..C270, 1, 1, go..C271, 0, 0
	.section	.data.rel.ro.go..C271,"a"
	.align 8
go..C271:
	.section	.data.rel.ro.go..C270,"aw"
	.align 8
go..C270:
	.quad	runtime.plainError..d
	.section	.rodata
	.align 8
.LC69:
	.ascii	"func(\truntime\truntime.plainError)"
	.zero	1
	.section	.data.rel.ro.local.go..C269,"aw"
	.align 16
go..C269:
	.quad	.LC69, 33
	.section	.data.rel.ro.local.go..C268,"aw"
	.align 16
go..C268:
	.quad	.LC14, 12
	.weak	type..func_8runtime_0plainError_9_8string_9
	.section	.data.rel.ro.local.type..func_8runtime_0plainError_9_8string_9,"awG",@progbits,type..func_8runtime_0plainError_9_8string_9,comdat
	.align 32
type..func_8runtime_0plainError_9_8string_9:
	.quad	8, 8
	.long	520828776
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C265, 0, 0
	.byte	0
	.zero	7
	.quad	go..C266, 1, 1, go..C267, 1, 1
	.section	.data.rel.ro.go..C267,"aw"
	.align 8
go..C267:
	.quad	string..d
	.section	.data.rel.ro.go..C266,"aw"
	.align 8
go..C266:
	.quad	runtime.plainError..d
	.section	.rodata
	.align 8
.LC70:
	.ascii	"func(\truntime\truntime.plainError) string"
	.zero	1
	.section	.data.rel.ro.local.go..C265,"aw"
	.align 16
go..C265:
	.quad	.LC70, 40
	.section	.data.rel.ro.local.go..C264,"aw"
	.align 16
go..C264:
	.quad	.LC2, 5
	.section	.data.rel.ro.local.go..C263,"aw"
	.align 16
go..C263:
	.quad	.LC5, 7
	.section	.rodata
.LC71:
	.ascii	"plainError"
	.zero	1
	.section	.data.rel.ro.local.go..C262,"aw"
	.align 16
go..C262:
	.quad	.LC71, 10
	.section	.rodata
.LC72:
	.ascii	"\truntime\truntime.plainError"
	.zero	1
	.section	.data.rel.ro.local.go..C261,"aw"
	.align 16
go..C261:
	.quad	.LC72, 27
	.globl	runtime.errorString..d
	.section	.data.rel.ro.runtime.errorString..d,"aw"
	.align 32
runtime.errorString..d:
	.quad	16, 8
	.long	593687932
	.byte	0, 8, 8, 24
	.quad	runtime.strequal..f, gcbits..ba, go..C236, go..C248
	.quad	runtime.errorString..p
	.weak	runtime.errorString..p
	.section	.data.rel.ro.runtime.errorString..p,"awG",@progbits,runtime.errorString..p,comdat
	.align 32
runtime.errorString..p:
	.quad	8, 8
	.long	909072329
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C249, go..C259
	.quad	type.._2_2runtime_0errorString, runtime.errorString..d
	.weak	type.._2_2runtime_0errorString
	.section	.data.rel.ro.type.._2_2runtime_0errorString,"awG",@progbits,type.._2_2runtime_0errorString,comdat
	.align 32
type.._2_2runtime_0errorString:
	.quad	8, 8
	.long	1660255385
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C260, 0, 0
	.quad	runtime.errorString..p
	.section	.rodata
.LC73:
	.ascii	"**\truntime\truntime.errorString"
	.zero	1
	.section	.data.rel.ro.local.go..C260,"aw"
	.align 16
go..C260:
	.quad	.LC73, 30
	.section	.data.rel.ro.local.go..C259,"aw"
	.align 32
go..C259:
	.quad	0, 0, go..C258, 2, 2
	.section	.data.rel.ro.go..C258,"aw"
	.align 32
go..C258:
	.quad	go..C250, 0, type..func_8_9_8string_9
	.quad	type..func_8_2runtime_0errorString_9_8string_9
	.quad	runtime.errorString.Error, go..C254, 0, type..func_8_9_8_9
	.quad	type..func_8_2runtime_0errorString_9_8_9
	.quad	runtime.errorString.RuntimeError
	.weak	type..func_8_2runtime_0errorString_9_8_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0errorString_9_8_9,"awG",@progbits,type..func_8_2runtime_0errorString_9_8_9,comdat
	.align 32
type..func_8_2runtime_0errorString_9_8_9:
	.quad	8, 8
	.long	-974456536
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C255, 0, 0
	.byte	0
	.zero	7
	.quad	go..C256, 1, 1, go..C257, 0, 0
	.section	.data.rel.ro.go..C257,"a"
	.align 8
go..C257:
	.section	.data.rel.ro.go..C256,"aw"
	.align 8
go..C256:
	.quad	runtime.errorString..p
	.section	.rodata
	.align 8
.LC74:
	.ascii	"func(*\truntime\truntime.errorString)"
	.zero	1
	.section	.data.rel.ro.local.go..C255,"aw"
	.align 16
go..C255:
	.quad	.LC74, 35
	.section	.data.rel.ro.local.go..C254,"aw"
	.align 16
go..C254:
	.quad	.LC14, 12
	.weak	type..func_8_2runtime_0errorString_9_8string_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0errorString_9_8string_9,"awG",@progbits,type..func_8_2runtime_0errorString_9_8string_9,comdat
	.align 32
type..func_8_2runtime_0errorString_9_8string_9:
	.quad	8, 8
	.long	-58417240
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C251, 0, 0
	.byte	0
	.zero	7
	.quad	go..C252, 1, 1, go..C253, 1, 1
	.section	.data.rel.ro.go..C253,"aw"
	.align 8
go..C253:
	.quad	string..d
	.section	.data.rel.ro.go..C252,"aw"
	.align 8
go..C252:
	.quad	runtime.errorString..p
	.section	.rodata
	.align 8
.LC75:
	.ascii	"func(*\truntime\truntime.errorString) string"
	.zero	1
	.section	.data.rel.ro.local.go..C251,"aw"
	.align 16
go..C251:
	.quad	.LC75, 42
	.section	.data.rel.ro.local.go..C250,"aw"
	.align 16
go..C250:
	.quad	.LC2, 5
	.section	.rodata
.LC76:
	.ascii	"*\truntime\truntime.errorString"
	.zero	1
	.section	.data.rel.ro.local.go..C249,"aw"
	.align 16
go..C249:
	.quad	.LC76, 29
	.section	.data.rel.ro.local.go..C248,"aw"
	.align 32
go..C248:
	.quad	go..C237, go..C238, go..C247, 2, 2
	.section	.data.rel.ro.go..C247,"aw"
	.align 32
go..C247:
	.quad	go..C239, 0, type..func_8_9_8string_9
	.quad	type..func_8runtime_0errorString_9_8string_9
	.quad	runtime.errorString.Error, go..C243, 0, type..func_8_9_8_9
	.quad	type..func_8runtime_0errorString_9_8_9
	.quad	runtime.errorString.RuntimeError
	.weak	type..func_8runtime_0errorString_9_8_9
	.section	.data.rel.ro.local.type..func_8runtime_0errorString_9_8_9,"awG",@progbits,type..func_8runtime_0errorString_9_8_9,comdat
	.align 32
type..func_8runtime_0errorString_9_8_9:
	.quad	8, 8
	.long	1818144648
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C244, 0, 0
	.byte	0
	.zero	7
	.quad	go..C245, 1, 1, go..C246, 0, 0
	.section	.data.rel.ro.go..C246,"a"
	.align 8
go..C246:
	.section	.data.rel.ro.go..C245,"aw"
	.align 8
go..C245:
	.quad	runtime.errorString..d
	.section	.rodata
	.align 8
.LC77:
	.ascii	"func(\truntime\truntime.errorString)"
	.zero	1
	.section	.data.rel.ro.local.go..C244,"aw"
	.align 16
go..C244:
	.quad	.LC77, 34
	.section	.data.rel.ro.local.go..C243,"aw"
	.align 16
go..C243:
	.quad	.LC14, 12
	.weak	type..func_8runtime_0errorString_9_8string_9
	.section	.data.rel.ro.local.type..func_8runtime_0errorString_9_8string_9,"awG",@progbits,type..func_8runtime_0errorString_9_8string_9,comdat
	.align 32
type..func_8runtime_0errorString_9_8string_9:
	.quad	8, 8
	.long	-1560783352
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C240, 0, 0
	.byte	0
	.zero	7
	.quad	go..C241, 1, 1, go..C242, 1, 1
	.section	.data.rel.ro.go..C242,"aw"
	.align 8
go..C242:
	.quad	string..d
	.section	.data.rel.ro.go..C241,"aw"
	.align 8
go..C241:
	.quad	runtime.errorString..d
	.section	.rodata
	.align 8
.LC78:
	.ascii	"func(\truntime\truntime.errorString) string"
	.zero	1
	.section	.data.rel.ro.local.go..C240,"aw"
	.align 16
go..C240:
	.quad	.LC78, 41
	.section	.data.rel.ro.local.go..C239,"aw"
	.align 16
go..C239:
	.quad	.LC2, 5
	.section	.data.rel.ro.local.go..C238,"aw"
	.align 16
go..C238:
	.quad	.LC5, 7
	.section	.rodata
.LC79:
	.ascii	"errorString"
	.zero	1
	.section	.data.rel.ro.local.go..C237,"aw"
	.align 16
go..C237:
	.quad	.LC79, 11
	.section	.rodata
.LC80:
	.ascii	"\truntime\truntime.errorString"
	.zero	1
	.section	.data.rel.ro.local.go..C236,"aw"
	.align 16
go..C236:
	.quad	.LC80, 28
	.globl	runtime.BlockProfileRecord..d
	.section	.data.rel.ro.local.runtime.BlockProfileRecord..d,"aw"
	.align 32
runtime.BlockProfileRecord..d:
	.quad	272, 0
	.long	99221450
	.byte	8, 8, 8, -103
	.quad	runtime.BlockProfileRecord..eq..f, 0, go..C219, go..C223
	.quad	runtime.BlockProfileRecord..p, go..C235, 3, 3
	.section	.data.rel.ro.go..C235,"aw"
	.align 32
go..C235:
	.quad	go..C232, 0, int64..d, 0, 0, go..C233, 0, int64..d, 0, 16
	.quad	go..C234, 0, runtime.StackRecord..d, 0, 33
	.section	.rodata
.LC81:
	.ascii	"StackRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C234,"aw"
	.align 16
go..C234:
	.quad	.LC81, 11
	.section	.rodata
.LC82:
	.ascii	"Cycles"
	.zero	1
	.section	.data.rel.ro.local.go..C233,"aw"
	.align 16
go..C233:
	.quad	.LC82, 6
	.section	.rodata
.LC83:
	.ascii	"Count"
	.zero	1
	.section	.data.rel.ro.local.go..C232,"aw"
	.align 16
go..C232:
	.quad	.LC83, 5
	.weak	runtime.BlockProfileRecord..p
	.section	.data.rel.ro.runtime.BlockProfileRecord..p,"awG",@progbits,runtime.BlockProfileRecord..p,comdat
	.align 32
runtime.BlockProfileRecord..p:
	.quad	8, 8
	.long	1587543209
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C224, go..C230
	.quad	type.._2_2runtime_0BlockProfileRecord
	.quad	runtime.BlockProfileRecord..d
	.weak	type.._2_2runtime_0BlockProfileRecord
	.section	.data.rel.ro.type.._2_2runtime_0BlockProfileRecord,"awG",@progbits,type.._2_2runtime_0BlockProfileRecord,comdat
	.align 32
type.._2_2runtime_0BlockProfileRecord:
	.quad	8, 8
	.long	-369112423
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C231, 0, 0
	.quad	runtime.BlockProfileRecord..p
	.section	.rodata
	.align 8
.LC84:
	.ascii	"**\truntime\truntime.BlockProfileRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C231,"aw"
	.align 16
go..C231:
	.quad	.LC84, 37
	.section	.data.rel.ro.local.go..C230,"aw"
	.align 32
go..C230:
	.quad	0, 0, go..C229, 1, 1
	.section	.data.rel.ro.go..C229,"aw"
	.align 32
go..C229:
	.quad	go..C225, 0, type..func_8_9_8_6_7uintptr_9
	.quad	type..func_8_2runtime_0BlockProfileRecord_9_8_6_7uintptr_9
	.quad	runtime.BlockProfileRecord.Stack..stub
	.weak	type..func_8_2runtime_0BlockProfileRecord_9_8_6_7uintptr_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0BlockProfileRecord_9_8_6_7uintptr_9,"awG",@progbits,type..func_8_2runtime_0BlockProfileRecord_9_8_6_7uintptr_9,comdat
	.align 32
type..func_8_2runtime_0BlockProfileRecord_9_8_6_7uintptr_9:
	.quad	8, 8
	.long	-1493314712
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C226, 0, 0
	.byte	0
	.zero	7
	.quad	go..C227, 1, 1, go..C228, 1, 1
	.section	.data.rel.ro.go..C228,"aw"
	.align 8
go..C228:
	.quad	type.._6_7uintptr
	.section	.data.rel.ro.go..C227,"aw"
	.align 8
go..C227:
	.quad	runtime.BlockProfileRecord..p
	.section	.rodata
	.align 8
.LC85:
	.ascii	"func(*\truntime\truntime.BlockProfileRecord) []uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C226,"aw"
	.align 16
go..C226:
	.quad	.LC85, 52
	.section	.rodata
.LC86:
	.ascii	"Stack"
	.zero	1
	.section	.data.rel.ro.local.go..C225,"aw"
	.align 16
go..C225:
	.quad	.LC86, 5
	.section	.rodata
	.align 8
.LC87:
	.ascii	"*\truntime\truntime.BlockProfileRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C224,"aw"
	.align 16
go..C224:
	.quad	.LC87, 36
	.section	.data.rel.ro.local.go..C223,"aw"
	.align 32
go..C223:
	.quad	go..C220, go..C221, go..C222, 0, 0
	.section	.data.rel.ro.go..C222,"a"
	.align 8
go..C222:
	.section	.data.rel.ro.local.go..C221,"aw"
	.align 16
go..C221:
	.quad	.LC5, 7
	.section	.rodata
.LC88:
	.ascii	"BlockProfileRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C220,"aw"
	.align 16
go..C220:
	.quad	.LC88, 18
	.section	.rodata
	.align 8
.LC89:
	.ascii	"\truntime\truntime.BlockProfileRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C219,"aw"
	.align 16
go..C219:
	.quad	.LC89, 35
	.globl	runtime.BlockProfileRecord..eq..f
	.section	.data.rel.ro.local.runtime.BlockProfileRecord..eq..f,"aw"
	.align 8
runtime.BlockProfileRecord..eq..f:
	.quad	runtime.BlockProfileRecord..eq
	.globl	runtime.MemProfileRecord..d
	.section	.data.rel.ro.local.runtime.MemProfileRecord..d,"aw"
	.align 32
runtime.MemProfileRecord..d:
	.quad	288, 0
	.long	573204986
	.byte	8, 8, 8, -103
	.quad	runtime.MemProfileRecord..eq..f, 0, go..C187, go..C191
	.quad	runtime.MemProfileRecord..p, go..C218, 5, 5
	.section	.data.rel.ro.go..C218,"aw"
	.align 32
go..C218:
	.quad	go..C213, 0, int64..d, 0, 0, go..C214, 0, int64..d, 0, 16
	.quad	go..C215, 0, int64..d, 0, 32, go..C216, 0, int64..d, 0, 48
	.quad	go..C217, 0, type.._632_7uintptr, 0, 64
	.section	.rodata
.LC90:
	.ascii	"Stack0"
	.zero	1
	.section	.data.rel.ro.local.go..C217,"aw"
	.align 16
go..C217:
	.quad	.LC90, 6
	.section	.rodata
.LC91:
	.ascii	"FreeObjects"
	.zero	1
	.section	.data.rel.ro.local.go..C216,"aw"
	.align 16
go..C216:
	.quad	.LC91, 11
	.section	.rodata
.LC92:
	.ascii	"AllocObjects"
	.zero	1
	.section	.data.rel.ro.local.go..C215,"aw"
	.align 16
go..C215:
	.quad	.LC92, 12
	.section	.rodata
.LC93:
	.ascii	"FreeBytes"
	.zero	1
	.section	.data.rel.ro.local.go..C214,"aw"
	.align 16
go..C214:
	.quad	.LC93, 9
	.section	.rodata
.LC94:
	.ascii	"AllocBytes"
	.zero	1
	.section	.data.rel.ro.local.go..C213,"aw"
	.align 16
go..C213:
	.quad	.LC94, 10
	.weak	runtime.MemProfileRecord..p
	.section	.data.rel.ro.runtime.MemProfileRecord..p,"awG",@progbits,runtime.MemProfileRecord..p,comdat
	.align 32
runtime.MemProfileRecord..p:
	.quad	8, 8
	.long	581345193
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C192, go..C211
	.quad	type.._2_2runtime_0MemProfileRecord, runtime.MemProfileRecord..d
	.weak	type.._2_2runtime_0MemProfileRecord
	.section	.data.rel.ro.type.._2_2runtime_0MemProfileRecord,"awG",@progbits,type.._2_2runtime_0MemProfileRecord,comdat
	.align 32
type.._2_2runtime_0MemProfileRecord:
	.quad	8, 8
	.long	711588505
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C212, 0, 0
	.quad	runtime.MemProfileRecord..p
	.section	.rodata
	.align 8
.LC95:
	.ascii	"**\truntime\truntime.MemProfileRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C212,"aw"
	.align 16
go..C212:
	.quad	.LC95, 35
	.section	.data.rel.ro.local.go..C211,"aw"
	.align 32
go..C211:
	.quad	0, 0, go..C210, 3, 3
	.section	.data.rel.ro.go..C210,"aw"
	.align 32
go..C210:
	.quad	go..C193, 0, type..func_8_9_8int64_9
	.quad	type..func_8_2runtime_0MemProfileRecord_9_8int64_9
	.quad	runtime.MemProfileRecord.InUseBytes, go..C205, 0
	.quad	type..func_8_9_8int64_9
	.quad	type..func_8_2runtime_0MemProfileRecord_9_8int64_9
	.quad	runtime.MemProfileRecord.InUseObjects, go..C206, 0
	.quad	type..func_8_9_8_6_7uintptr_9
	.quad	type..func_8_2runtime_0MemProfileRecord_9_8_6_7uintptr_9
	.quad	runtime.MemProfileRecord.Stack
	.weak	type..func_8_2runtime_0MemProfileRecord_9_8_6_7uintptr_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0MemProfileRecord_9_8_6_7uintptr_9,"awG",@progbits,type..func_8_2runtime_0MemProfileRecord_9_8_6_7uintptr_9,comdat
	.align 32
type..func_8_2runtime_0MemProfileRecord_9_8_6_7uintptr_9:
	.quad	8, 8
	.long	668087144
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C207, 0, 0
	.byte	0
	.zero	7
	.quad	go..C208, 1, 1, go..C209, 1, 1
	.section	.data.rel.ro.go..C209,"aw"
	.align 8
go..C209:
	.quad	type.._6_7uintptr
	.section	.data.rel.ro.go..C208,"aw"
	.align 8
go..C208:
	.quad	runtime.MemProfileRecord..p
	.section	.rodata
	.align 8
.LC96:
	.ascii	"func(*\truntime\truntime.MemProfileRecord) []uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C207,"aw"
	.align 16
go..C207:
	.quad	.LC96, 50
	.section	.data.rel.ro.local.go..C206,"aw"
	.align 16
go..C206:
	.quad	.LC86, 5
	.section	.rodata
.LC97:
	.ascii	"InUseObjects"
	.zero	1
	.section	.data.rel.ro.local.go..C205,"aw"
	.align 16
go..C205:
	.quad	.LC97, 12
	.weak	type..func_8_2runtime_0MemProfileRecord_9_8int64_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0MemProfileRecord_9_8int64_9,"awG",@progbits,type..func_8_2runtime_0MemProfileRecord_9_8int64_9,comdat
	.align 32
type..func_8_2runtime_0MemProfileRecord_9_8int64_9:
	.quad	8, 8
	.long	424401448
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C202, 0, 0
	.byte	0
	.zero	7
	.quad	go..C203, 1, 1, go..C204, 1, 1
	.section	.data.rel.ro.go..C204,"aw"
	.align 8
go..C204:
	.quad	int64..d
	.section	.data.rel.ro.go..C203,"aw"
	.align 8
go..C203:
	.quad	runtime.MemProfileRecord..p
	.section	.rodata
	.align 8
.LC98:
	.ascii	"func(*\truntime\truntime.MemProfileRecord) int64"
	.zero	1
	.section	.data.rel.ro.local.go..C202,"aw"
	.align 16
go..C202:
	.quad	.LC98, 46
	.weak	type..func_8_9_8int64_9
	.section	.data.rel.ro.local.type..func_8_9_8int64_9,"awG",@progbits,type..func_8_9_8int64_9,comdat
	.align 32
type..func_8_9_8int64_9:
	.quad	8, 8
	.long	-998775544
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C194, 0, 0
	.byte	0
	.zero	7
	.quad	go..C195, 0, 0, go..C201, 1, 1
	.section	.data.rel.ro.go..C201,"aw"
	.align 8
go..C201:
	.quad	int64..d
	.weak	int64..d
	.section	.data.rel.ro.int64..d,"awG",@progbits,int64..d,comdat
	.align 32
int64..d:
	.quad	8, 0
	.long	923918228
	.byte	8, 8, 8, -122
	.quad	runtime.memequal64..f, 0, go..C196, go..C199, int64..p
	.weak	int64..p
	.section	.data.rel.ro.int64..p,"awG",@progbits,int64..p,comdat
	.align 32
int64..p:
	.quad	8, 8
	.long	1897789769
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C200, 0, 0, int64..d
	.section	.rodata
.LC99:
	.ascii	"*int64"
	.zero	1
	.section	.data.rel.ro.local.go..C200,"aw"
	.align 16
go..C200:
	.quad	.LC99, 6
	.section	.data.rel.ro.local.go..C199,"aw"
	.align 32
go..C199:
	.quad	go..C197, 0, go..C198, 0, 0
	.section	.data.rel.ro.go..C198,"a"
	.align 8
go..C198:
	.section	.rodata
.LC100:
	.ascii	"int64"
	.zero	1
	.section	.data.rel.ro.local.go..C197,"aw"
	.align 16
go..C197:
	.quad	.LC100, 5
	.section	.data.rel.ro.local.go..C196,"aw"
	.align 16
go..C196:
	.quad	.LC100, 5
	.section	.data.rel.ro.go..C195,"a"
	.align 8
go..C195:
	.section	.rodata
.LC101:
	.ascii	"func() int64"
	.zero	1
	.section	.data.rel.ro.local.go..C194,"aw"
	.align 16
go..C194:
	.quad	.LC101, 12
	.section	.rodata
.LC102:
	.ascii	"InUseBytes"
	.zero	1
	.section	.data.rel.ro.local.go..C193,"aw"
	.align 16
go..C193:
	.quad	.LC102, 10
	.section	.rodata
	.align 8
.LC103:
	.ascii	"*\truntime\truntime.MemProfileRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C192,"aw"
	.align 16
go..C192:
	.quad	.LC103, 34
	.section	.data.rel.ro.local.go..C191,"aw"
	.align 32
go..C191:
	.quad	go..C188, go..C189, go..C190, 0, 0
	.section	.data.rel.ro.go..C190,"a"
	.align 8
go..C190:
	.section	.data.rel.ro.local.go..C189,"aw"
	.align 16
go..C189:
	.quad	.LC5, 7
	.section	.rodata
.LC104:
	.ascii	"MemProfileRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C188,"aw"
	.align 16
go..C188:
	.quad	.LC104, 16
	.section	.rodata
	.align 8
.LC105:
	.ascii	"\truntime\truntime.MemProfileRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C187,"aw"
	.align 16
go..C187:
	.quad	.LC105, 33
	.globl	runtime.MemProfileRecord..eq..f
	.section	.data.rel.ro.local.runtime.MemProfileRecord..eq..f,"aw"
	.align 8
runtime.MemProfileRecord..eq..f:
	.quad	runtime.MemProfileRecord..eq
	.globl	runtime.StackRecord..d
	.section	.data.rel.ro.local.runtime.StackRecord..d,"aw"
	.align 32
runtime.StackRecord..d:
	.quad	256, 0
	.long	1175954308
	.byte	8, 8, 8, -103
	.quad	runtime.StackRecord..eq..f, 0, go..C168, go..C172
	.quad	runtime.StackRecord..p, go..C186, 1, 1
	.section	.data.rel.ro.go..C186,"aw"
	.align 32
go..C186:
	.quad	go..C184, 0, type.._632_7uintptr, 0, 0
	.weak	type.._632_7uintptr
	.section	.data.rel.ro.local.type.._632_7uintptr,"awG",@progbits,type.._632_7uintptr,comdat
	.align 32
type.._632_7uintptr:
	.quad	256, 0
	.long	-1488193287
	.byte	8, 8, 8, -111
	.quad	runtime._632_7uintptr..eq..f, 0, go..C185, 0, 0, uintptr..d
	.quad	type.._6_7uintptr, 32
	.section	.rodata
.LC106:
	.ascii	"[32]uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C185,"aw"
	.align 16
go..C185:
	.quad	.LC106, 11
	.globl	runtime._632_7uintptr..eq..f
	.section	.data.rel.ro.local.runtime._632_7uintptr..eq..f,"aw"
	.align 8
runtime._632_7uintptr..eq..f:
	.quad	runtime._632_7uintptr..eq
	.section	.data.rel.ro.local.go..C184,"aw"
	.align 16
go..C184:
	.quad	.LC90, 6
	.weak	runtime.StackRecord..p
	.section	.data.rel.ro.runtime.StackRecord..p,"awG",@progbits,runtime.StackRecord..p,comdat
	.align 32
runtime.StackRecord..p:
	.quad	8, 8
	.long	1635399753
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C173, go..C182
	.quad	type.._2_2runtime_0StackRecord, runtime.StackRecord..d
	.weak	type.._2_2runtime_0StackRecord
	.section	.data.rel.ro.type.._2_2runtime_0StackRecord,"awG",@progbits,type.._2_2runtime_0StackRecord,comdat
	.align 32
type.._2_2runtime_0StackRecord:
	.quad	8, 8
	.long	396592281
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C183, 0, 0
	.quad	runtime.StackRecord..p
	.section	.rodata
.LC107:
	.ascii	"**\truntime\truntime.StackRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C183,"aw"
	.align 16
go..C183:
	.quad	.LC107, 30
	.section	.data.rel.ro.local.go..C182,"aw"
	.align 32
go..C182:
	.quad	0, 0, go..C181, 1, 1
	.section	.data.rel.ro.go..C181,"aw"
	.align 32
go..C181:
	.quad	go..C174, 0, type..func_8_9_8_6_7uintptr_9
	.quad	type..func_8_2runtime_0StackRecord_9_8_6_7uintptr_9
	.quad	runtime.StackRecord.Stack
	.weak	type..func_8_2runtime_0StackRecord_9_8_6_7uintptr_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0StackRecord_9_8_6_7uintptr_9,"awG",@progbits,type..func_8_2runtime_0StackRecord_9_8_6_7uintptr_9,comdat
	.align 32
type..func_8_2runtime_0StackRecord_9_8_6_7uintptr_9:
	.quad	8, 8
	.long	38094696
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C178, 0, 0
	.byte	0
	.zero	7
	.quad	go..C179, 1, 1, go..C180, 1, 1
	.section	.data.rel.ro.go..C180,"aw"
	.align 8
go..C180:
	.quad	type.._6_7uintptr
	.section	.data.rel.ro.go..C179,"aw"
	.align 8
go..C179:
	.quad	runtime.StackRecord..p
	.section	.rodata
	.align 8
.LC108:
	.ascii	"func(*\truntime\truntime.StackRecord) []uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C178,"aw"
	.align 16
go..C178:
	.quad	.LC108, 45
	.weak	type..func_8_9_8_6_7uintptr_9
	.section	.data.rel.ro.local.type..func_8_9_8_6_7uintptr_9,"awG",@progbits,type..func_8_9_8_6_7uintptr_9,comdat
	.align 32
type..func_8_9_8_6_7uintptr_9:
	.quad	8, 8
	.long	-755089848
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C175, 0, 0
	.byte	0
	.zero	7
	.quad	go..C176, 0, 0, go..C177, 1, 1
	.section	.data.rel.ro.go..C177,"aw"
	.align 8
go..C177:
	.quad	type.._6_7uintptr
	.section	.data.rel.ro.go..C176,"a"
	.align 8
go..C176:
	.section	.rodata
.LC109:
	.ascii	"func() []uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C175,"aw"
	.align 16
go..C175:
	.quad	.LC109, 16
	.section	.data.rel.ro.local.go..C174,"aw"
	.align 16
go..C174:
	.quad	.LC86, 5
	.section	.rodata
.LC110:
	.ascii	"*\truntime\truntime.StackRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C173,"aw"
	.align 16
go..C173:
	.quad	.LC110, 29
	.section	.data.rel.ro.local.go..C172,"aw"
	.align 32
go..C172:
	.quad	go..C169, go..C170, go..C171, 0, 0
	.section	.data.rel.ro.go..C171,"a"
	.align 8
go..C171:
	.section	.data.rel.ro.local.go..C170,"aw"
	.align 16
go..C170:
	.quad	.LC5, 7
	.section	.data.rel.ro.local.go..C169,"aw"
	.align 16
go..C169:
	.quad	.LC81, 11
	.section	.rodata
.LC111:
	.ascii	"\truntime\truntime.StackRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C168,"aw"
	.align 16
go..C168:
	.quad	.LC111, 28
	.globl	runtime.StackRecord..eq..f
	.section	.data.rel.ro.local.runtime.StackRecord..eq..f,"aw"
	.align 8
runtime.StackRecord..eq..f:
	.quad	runtime.StackRecord..eq
	.globl	runtime.Frames..d
	.section	.data.rel.ro.local.runtime.Frames..d,"aw"
	.align 32
runtime.Frames..d:
	.quad	40, 8
	.long	503682019
	.byte	0, 8, 8, 25
	.quad	0, gcbits..ba, go..C144, go..C148, runtime.Frames..p, go..C167
	.quad	3, 3
	.section	.data.rel.ro.go..C167,"aw"
	.align 32
go..C167:
	.quad	go..C160, go..C161, type.._6_7uintptr, 0, 0, go..C163, go..C164
	.quad	uintptr..d, 0, 48, go..C165, go..C166, int..d, 0, 64
	.section	.data.rel.ro.local.go..C166,"aw"
	.align 16
go..C166:
	.quad	.LC5, 7
	.section	.rodata
.LC112:
	.ascii	"lastCount"
	.zero	1
	.section	.data.rel.ro.local.go..C165,"aw"
	.align 16
go..C165:
	.quad	.LC112, 9
	.section	.data.rel.ro.local.go..C164,"aw"
	.align 16
go..C164:
	.quad	.LC5, 7
	.section	.rodata
.LC113:
	.ascii	"last"
	.zero	1
	.section	.data.rel.ro.local.go..C163,"aw"
	.align 16
go..C163:
	.quad	.LC113, 4
	.weak	type.._6_7uintptr
	.section	.data.rel.ro.local.type.._6_7uintptr,"awG",@progbits,type.._6_7uintptr,comdat
	.align 32
type.._6_7uintptr:
	.quad	24, 8
	.long	-1488193287
	.byte	0, 8, 8, 23
	.quad	0, gcbits..ba, go..C162, 0, 0, uintptr..d
	.section	.rodata
.LC114:
	.ascii	"[]uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C162,"aw"
	.align 16
go..C162:
	.quad	.LC114, 9
	.section	.data.rel.ro.local.go..C161,"aw"
	.align 16
go..C161:
	.quad	.LC5, 7
	.section	.rodata
.LC115:
	.ascii	"callers"
	.zero	1
	.section	.data.rel.ro.local.go..C160,"aw"
	.align 16
go..C160:
	.quad	.LC115, 7
	.weak	runtime.Frames..p
	.section	.data.rel.ro.runtime.Frames..p,"awG",@progbits,runtime.Frames..p,comdat
	.align 32
runtime.Frames..p:
	.quad	8, 8
	.long	-531022279
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C149, go..C158
	.quad	type.._2_2runtime_0Frames, runtime.Frames..d
	.weak	type.._2_2runtime_0Frames
	.section	.data.rel.ro.type.._2_2runtime_0Frames,"awG",@progbits,type.._2_2runtime_0Frames,comdat
	.align 32
type.._2_2runtime_0Frames:
	.quad	8, 8
	.long	93578137
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C159, 0, 0
	.quad	runtime.Frames..p
	.section	.rodata
.LC116:
	.ascii	"**\truntime\truntime.Frames"
	.zero	1
	.section	.data.rel.ro.local.go..C159,"aw"
	.align 16
go..C159:
	.quad	.LC116, 25
	.section	.data.rel.ro.local.go..C158,"aw"
	.align 32
go..C158:
	.quad	0, 0, go..C157, 1, 1
	.section	.data.rel.ro.go..C157,"aw"
	.align 32
go..C157:
	.quad	go..C150, 0, type..func_8_9_8runtime_0Frame_3bool_9
	.quad	type..func_8_2runtime_0Frames_9_8runtime_0Frame_3bool_9
	.quad	runtime.Frames.Next
	.weak	type..func_8_2runtime_0Frames_9_8runtime_0Frame_3bool_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0Frames_9_8runtime_0Frame_3bool_9,"awG",@progbits,type..func_8_2runtime_0Frames_9_8runtime_0Frame_3bool_9,comdat
	.align 32
type..func_8_2runtime_0Frames_9_8runtime_0Frame_3bool_9:
	.quad	8, 8
	.long	-1984259928
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C154, 0, 0
	.byte	0
	.zero	7
	.quad	go..C155, 1, 1, go..C156, 2, 2
	.section	.data.rel.ro.go..C156,"aw"
	.align 16
go..C156:
	.quad	runtime.Frame..d, bool..d
	.section	.data.rel.ro.go..C155,"aw"
	.align 8
go..C155:
	.quad	runtime.Frames..p
	.section	.rodata
	.align 8
.LC117:
	.ascii	"func(*\truntime\truntime.Frames) (\truntime\truntime.Frame, "
	.ascii	"bool)"
	.zero	1
	.section	.data.rel.ro.local.go..C154,"aw"
	.align 16
go..C154:
	.quad	.LC117, 61
	.weak	type..func_8_9_8runtime_0Frame_3bool_9
	.section	.data.rel.ro.local.type..func_8_9_8runtime_0Frame_3bool_9,"awG",@progbits,type..func_8_9_8runtime_0Frame_3bool_9,comdat
	.align 32
type..func_8_9_8runtime_0Frame_3bool_9:
	.quad	8, 8
	.long	2123551112
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C151, 0, 0
	.byte	0
	.zero	7
	.quad	go..C152, 0, 0, go..C153, 2, 2
	.section	.data.rel.ro.go..C153,"aw"
	.align 16
go..C153:
	.quad	runtime.Frame..d, bool..d
	.section	.data.rel.ro.go..C152,"a"
	.align 8
go..C152:
	.section	.rodata
	.align 8
.LC118:
	.ascii	"func() (\truntime\truntime.Frame, bool)"
	.zero	1
	.section	.data.rel.ro.local.go..C151,"aw"
	.align 16
go..C151:
	.quad	.LC118, 37
	.section	.rodata
.LC119:
	.ascii	"Next"
	.zero	1
	.section	.data.rel.ro.local.go..C150,"aw"
	.align 16
go..C150:
	.quad	.LC119, 4
	.section	.rodata
.LC120:
	.ascii	"*\truntime\truntime.Frames"
	.zero	1
	.section	.data.rel.ro.local.go..C149,"aw"
	.align 16
go..C149:
	.quad	.LC120, 24
	.section	.data.rel.ro.local.go..C148,"aw"
	.align 32
go..C148:
	.quad	go..C145, go..C146, go..C147, 0, 0
	.section	.data.rel.ro.go..C147,"a"
	.align 8
go..C147:
	.section	.data.rel.ro.local.go..C146,"aw"
	.align 16
go..C146:
	.quad	.LC5, 7
	.section	.rodata
.LC121:
	.ascii	"Frames"
	.zero	1
	.section	.data.rel.ro.local.go..C145,"aw"
	.align 16
go..C145:
	.quad	.LC121, 6
	.section	.rodata
.LC122:
	.ascii	"\truntime\truntime.Frames"
	.zero	1
	.section	.data.rel.ro.local.go..C144,"aw"
	.align 16
go..C144:
	.quad	.LC122, 23
	.globl	runtime.Frame..d
	.section	.data.rel.ro.local.runtime.Frame..d,"aw"
	.align 32
runtime.Frame..d:
	.quad	64, 40
	.long	-492382172
	.byte	0, 8, 8, 25
	.quad	runtime.Frame..eq..f, gcbits..wa, go..C131, go..C135
	.quad	runtime.Frame..p, go..C143, 6, 6
	.section	.data.rel.ro.go..C143,"aw"
	.align 32
go..C143:
	.quad	go..C137, 0, uintptr..d, 0, 0, go..C138, 0, runtime.Func..p, 0
	.quad	16, go..C139, 0, string..d, 0, 32, go..C140, 0, string..d, 0, 64
	.quad	go..C141, 0, int..d, 0, 96, go..C142, 0, uintptr..d, 0, 112
	.section	.rodata
.LC123:
	.ascii	"Entry"
	.zero	1
	.section	.data.rel.ro.local.go..C142,"aw"
	.align 16
go..C142:
	.quad	.LC123, 5
	.section	.rodata
.LC124:
	.ascii	"Line"
	.zero	1
	.section	.data.rel.ro.local.go..C141,"aw"
	.align 16
go..C141:
	.quad	.LC124, 4
	.section	.rodata
.LC125:
	.ascii	"File"
	.zero	1
	.section	.data.rel.ro.local.go..C140,"aw"
	.align 16
go..C140:
	.quad	.LC125, 4
	.section	.rodata
.LC126:
	.ascii	"Function"
	.zero	1
	.section	.data.rel.ro.local.go..C139,"aw"
	.align 16
go..C139:
	.quad	.LC126, 8
	.section	.rodata
.LC127:
	.ascii	"Func"
	.zero	1
	.section	.data.rel.ro.local.go..C138,"aw"
	.align 16
go..C138:
	.quad	.LC127, 4
	.section	.rodata
.LC128:
	.ascii	"PC"
	.zero	1
	.section	.data.rel.ro.local.go..C137,"aw"
	.align 16
go..C137:
	.quad	.LC128, 2
	.weak	runtime.Frame..p
	.section	.data.rel.ro.runtime.Frame..p,"awG",@progbits,runtime.Frame..p,comdat
	.align 32
runtime.Frame..p:
	.quad	8, 8
	.long	711819849
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C136, 0, 0
	.quad	runtime.Frame..d
	.section	.rodata
.LC129:
	.ascii	"*\truntime\truntime.Frame"
	.zero	1
	.section	.data.rel.ro.local.go..C136,"aw"
	.align 16
go..C136:
	.quad	.LC129, 23
	.section	.data.rel.ro.local.go..C135,"aw"
	.align 32
go..C135:
	.quad	go..C132, go..C133, go..C134, 0, 0
	.section	.data.rel.ro.go..C134,"a"
	.align 8
go..C134:
	.section	.data.rel.ro.local.go..C133,"aw"
	.align 16
go..C133:
	.quad	.LC5, 7
	.section	.rodata
.LC130:
	.ascii	"Frame"
	.zero	1
	.section	.data.rel.ro.local.go..C132,"aw"
	.align 16
go..C132:
	.quad	.LC130, 5
	.section	.rodata
.LC131:
	.ascii	"\truntime\truntime.Frame"
	.zero	1
	.section	.data.rel.ro.local.go..C131,"aw"
	.align 16
go..C131:
	.quad	.LC131, 22
	.weak	gcbits..wa
	.section	.data.rel.ro.gcbits..wa,"aG",@progbits,gcbits..wa,comdat
gcbits..wa:
	.byte	22
	.globl	runtime.Frame..eq..f
	.section	.data.rel.ro.local.runtime.Frame..eq..f,"aw"
	.align 8
runtime.Frame..eq..f:
	.quad	runtime.Frame..eq
	.globl	runtime.Func..d
	.section	.data.rel.ro.local.runtime.Func..d,"aw"
	.align 32
runtime.Func..d:
	.quad	24, 8
	.long	-829309521
	.byte	0, 8, 8, 25
	.quad	runtime.Func..eq..f, gcbits..ba, go..C89, go..C93
	.quad	runtime.Func..p, go..C130, 2, 2
	.section	.data.rel.ro.go..C130,"aw"
	.align 32
go..C130:
	.quad	go..C126, go..C127, string..d, 0, 0, go..C128, go..C129
	.quad	uintptr..d, 0, 32
	.section	.data.rel.ro.local.go..C129,"aw"
	.align 16
go..C129:
	.quad	.LC5, 7
	.section	.rodata
.LC132:
	.ascii	"entry"
	.zero	1
	.section	.data.rel.ro.local.go..C128,"aw"
	.align 16
go..C128:
	.quad	.LC132, 5
	.section	.data.rel.ro.local.go..C127,"aw"
	.align 16
go..C127:
	.quad	.LC5, 7
	.section	.rodata
.LC133:
	.ascii	"name"
	.zero	1
	.section	.data.rel.ro.local.go..C126,"aw"
	.align 16
go..C126:
	.quad	.LC133, 4
	.weak	runtime.Func..p
	.section	.data.rel.ro.runtime.Func..p,"awG",@progbits,runtime.Func..p,comdat
	.align 32
runtime.Func..p:
	.quad	8, 8
	.long	-384050439
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C94, go..C124
	.quad	type.._2_2runtime_0Func, runtime.Func..d
	.weak	type.._2_2runtime_0Func
	.section	.data.rel.ro.type.._2_2runtime_0Func,"awG",@progbits,type.._2_2runtime_0Func,comdat
	.align 32
type.._2_2runtime_0Func:
	.quad	8, 8
	.long	-1849839719
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C125, 0, 0
	.quad	runtime.Func..p
	.section	.rodata
.LC134:
	.ascii	"**\truntime\truntime.Func"
	.zero	1
	.section	.data.rel.ro.local.go..C125,"aw"
	.align 16
go..C125:
	.quad	.LC134, 23
	.section	.data.rel.ro.local.go..C124,"aw"
	.align 32
go..C124:
	.quad	0, 0, go..C123, 3, 3
	.section	.data.rel.ro.go..C123,"aw"
	.align 32
go..C123:
	.quad	go..C95, 0, type..func_8_9_8uintptr_9
	.quad	type..func_8_2runtime_0Func_9_8uintptr_9, runtime.Func.Entry
	.quad	go..C107, 0, type..func_8uintptr_9_8string_3int_9
	.quad	type..func_8_2runtime_0Func_3uintptr_9_8string_3int_9
	.quad	runtime.Func.FileLine, go..C119, 0, type..func_8_9_8string_9
	.quad	type..func_8_2runtime_0Func_9_8string_9, runtime.Func.Name
	.weak	type..func_8_2runtime_0Func_9_8string_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0Func_9_8string_9,"awG",@progbits,type..func_8_2runtime_0Func_9_8string_9,comdat
	.align 32
type..func_8_2runtime_0Func_9_8string_9:
	.quad	8, 8
	.long	1511327144
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C120, 0, 0
	.byte	0
	.zero	7
	.quad	go..C121, 1, 1, go..C122, 1, 1
	.section	.data.rel.ro.go..C122,"aw"
	.align 8
go..C122:
	.quad	string..d
	.section	.data.rel.ro.go..C121,"aw"
	.align 8
go..C121:
	.quad	runtime.Func..p
	.section	.rodata
	.align 8
.LC135:
	.ascii	"func(*\truntime\truntime.Func) string"
	.zero	1
	.section	.data.rel.ro.local.go..C120,"aw"
	.align 16
go..C120:
	.quad	.LC135, 35
	.section	.rodata
.LC136:
	.ascii	"Name"
	.zero	1
	.section	.data.rel.ro.local.go..C119,"aw"
	.align 16
go..C119:
	.quad	.LC136, 4
	.weak	type..func_8_2runtime_0Func_3uintptr_9_8string_3int_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0Func_3uintptr_9_8string_3int_9,"awG",@progbits,type..func_8_2runtime_0Func_3uintptr_9_8string_3int_9,comdat
	.align 32
type..func_8_2runtime_0Func_3uintptr_9_8string_3int_9:
	.quad	8, 8
	.long	1305203048
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C116, 0, 0
	.byte	0
	.zero	7
	.quad	go..C117, 2, 2, go..C118, 2, 2
	.section	.data.rel.ro.go..C118,"aw"
	.align 16
go..C118:
	.quad	string..d, int..d
	.section	.data.rel.ro.go..C117,"aw"
	.align 16
go..C117:
	.quad	runtime.Func..p, uintptr..d
	.section	.rodata
	.align 8
.LC137:
	.ascii	"func(*\truntime\truntime.Func, uintptr) (string, int)"
	.zero	1
	.section	.data.rel.ro.local.go..C116,"aw"
	.align 16
go..C116:
	.quad	.LC137, 51
	.weak	type..func_8uintptr_9_8string_3int_9
	.section	.data.rel.ro.local.type..func_8uintptr_9_8string_3int_9,"awG",@progbits,type..func_8uintptr_9_8string_3int_9,comdat
	.align 32
type..func_8uintptr_9_8string_3int_9:
	.quad	8, 8
	.long	1087460584
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C108, 0, 0
	.byte	0
	.zero	7
	.quad	go..C109, 1, 1, go..C115, 2, 2
	.section	.data.rel.ro.go..C115,"aw"
	.align 16
go..C115:
	.quad	string..d, int..d
	.weak	int..d
	.section	.data.rel.ro.int..d,"awG",@progbits,int..d,comdat
	.align 32
int..d:
	.quad	8, 0
	.long	876704034
	.byte	8, 8, 8, -126
	.quad	runtime.memequal64..f, 0, go..C110, go..C113, int..p
	.weak	int..p
	.section	.data.rel.ro.int..p,"awG",@progbits,int..p,comdat
	.align 32
int..p:
	.quad	8, 8
	.long	1142362665
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C114, 0, 0, int..d
	.section	.rodata
.LC138:
	.ascii	"*int"
	.zero	1
	.section	.data.rel.ro.local.go..C114,"aw"
	.align 16
go..C114:
	.quad	.LC138, 4
	.section	.data.rel.ro.local.go..C113,"aw"
	.align 32
go..C113:
	.quad	go..C111, 0, go..C112, 0, 0
	.section	.data.rel.ro.go..C112,"a"
	.align 8
go..C112:
	.section	.rodata
.LC139:
	.ascii	"int"
	.zero	1
	.section	.data.rel.ro.local.go..C111,"aw"
	.align 16
go..C111:
	.quad	.LC139, 3
	.section	.data.rel.ro.local.go..C110,"aw"
	.align 16
go..C110:
	.quad	.LC139, 3
	.section	.data.rel.ro.go..C109,"aw"
	.align 8
go..C109:
	.quad	uintptr..d
	.section	.rodata
.LC140:
	.ascii	"func(uintptr) (string, int)"
	.zero	1
	.section	.data.rel.ro.local.go..C108,"aw"
	.align 16
go..C108:
	.quad	.LC140, 27
	.section	.rodata
.LC141:
	.ascii	"FileLine"
	.zero	1
	.section	.data.rel.ro.local.go..C107,"aw"
	.align 16
go..C107:
	.quad	.LC141, 8
	.weak	type..func_8_2runtime_0Func_9_8uintptr_9
	.section	.data.rel.ro.local.type..func_8_2runtime_0Func_9_8uintptr_9,"awG",@progbits,type..func_8_2runtime_0Func_9_8uintptr_9,comdat
	.align 32
type..func_8_2runtime_0Func_9_8uintptr_9:
	.quad	8, 8
	.long	-159802904
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C104, 0, 0
	.byte	0
	.zero	7
	.quad	go..C105, 1, 1, go..C106, 1, 1
	.section	.data.rel.ro.go..C106,"aw"
	.align 8
go..C106:
	.quad	uintptr..d
	.section	.data.rel.ro.go..C105,"aw"
	.align 8
go..C105:
	.quad	runtime.Func..p
	.section	.rodata
	.align 8
.LC142:
	.ascii	"func(*\truntime\truntime.Func) uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C104,"aw"
	.align 16
go..C104:
	.quad	.LC142, 36
	.weak	type..func_8_9_8uintptr_9
	.section	.data.rel.ro.local.type..func_8_9_8uintptr_9,"awG",@progbits,type..func_8_9_8uintptr_9,comdat
	.align 32
type..func_8_9_8uintptr_9:
	.quad	8, 8
	.long	-755090744
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C96, 0, 0
	.byte	0
	.zero	7
	.quad	go..C97, 0, 0, go..C103, 1, 1
	.section	.data.rel.ro.go..C103,"aw"
	.align 8
go..C103:
	.quad	uintptr..d
	.weak	uintptr..d
	.section	.data.rel.ro.uintptr..d,"awG",@progbits,uintptr..d,comdat
	.align 32
uintptr..d:
	.quad	8, 0
	.long	-1488193301
	.byte	8, 8, 8, -116
	.quad	runtime.memequal64..f, 0, go..C98, go..C101, uintptr..p
	.weak	uintptr..p
	.section	.data.rel.ro.uintptr..p,"awG",@progbits,uintptr..p,comdat
	.align 32
uintptr..p:
	.quad	8, 8
	.long	1958710969
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C102, 0, 0, uintptr..d
	.section	.rodata
.LC143:
	.ascii	"*uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C102,"aw"
	.align 16
go..C102:
	.quad	.LC143, 8
	.section	.data.rel.ro.local.go..C101,"aw"
	.align 32
go..C101:
	.quad	go..C99, 0, go..C100, 0, 0
	.section	.data.rel.ro.go..C100,"a"
	.align 8
go..C100:
	.section	.rodata
.LC144:
	.ascii	"uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C99,"aw"
	.align 16
go..C99:
	.quad	.LC144, 7
	.section	.data.rel.ro.local.go..C98,"aw"
	.align 16
go..C98:
	.quad	.LC144, 7
	.section	.data.rel.ro.go..C97,"a"
	.align 8
go..C97:
	.section	.rodata
.LC145:
	.ascii	"func() uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C96,"aw"
	.align 16
go..C96:
	.quad	.LC145, 14
	.section	.data.rel.ro.local.go..C95,"aw"
	.align 16
go..C95:
	.quad	.LC123, 5
	.section	.rodata
.LC146:
	.ascii	"*\truntime\truntime.Func"
	.zero	1
	.section	.data.rel.ro.local.go..C94,"aw"
	.align 16
go..C94:
	.quad	.LC146, 22
	.section	.data.rel.ro.local.go..C93,"aw"
	.align 32
go..C93:
	.quad	go..C90, go..C91, go..C92, 0, 0
	.section	.data.rel.ro.go..C92,"a"
	.align 8
go..C92:
	.section	.data.rel.ro.local.go..C91,"aw"
	.align 16
go..C91:
	.quad	.LC5, 7
	.section	.data.rel.ro.local.go..C90,"aw"
	.align 16
go..C90:
	.quad	.LC127, 4
	.section	.rodata
.LC147:
	.ascii	"\truntime\truntime.Func"
	.zero	1
	.section	.data.rel.ro.local.go..C89,"aw"
	.align 16
go..C89:
	.quad	.LC147, 21
	.globl	runtime.Func..eq..f
	.section	.data.rel.ro.local.runtime.Func..eq..f,"aw"
	.align 8
runtime.Func..eq..f:
	.quad	runtime.Func..eq
	.globl	runtime.MemStats..d
	.section	.data.rel.ro.local.runtime.MemStats..d,"aw"
	.align 32
runtime.MemStats..d:
	.quad	5776, 0
	.long	-177219083
	.byte	0, 8, 8, -103
	.quad	runtime.MemStats..eq..f, 0, go..C21, go..C25
	.quad	runtime.MemStats..p, go..C88, 32, 32
	.section	.data.rel.ro.go..C88,"aw"
	.align 32
go..C88:
	.quad	go..C27, 0, uint64..d, 0, 0, go..C33, 0, uint64..d, 0, 16
	.quad	go..C34, 0, uint64..d, 0, 32, go..C35, 0, uint64..d, 0, 48
	.quad	go..C36, 0, uint64..d, 0, 64, go..C37, 0, uint64..d, 0, 80
	.quad	go..C38, 0, uint64..d, 0, 96, go..C39, 0, uint64..d, 0, 112
	.quad	go..C40, 0, uint64..d, 0, 128, go..C41, 0, uint64..d, 0, 144
	.quad	go..C42, 0, uint64..d, 0, 160, go..C43, 0, uint64..d, 0, 176
	.quad	go..C44, 0, uint64..d, 0, 192, go..C45, 0, uint64..d, 0, 208
	.quad	go..C46, 0, uint64..d, 0, 224, go..C47, 0, uint64..d, 0, 240
	.quad	go..C48, 0, uint64..d, 0, 256, go..C49, 0, uint64..d, 0, 272
	.quad	go..C50, 0, uint64..d, 0, 288, go..C51, 0, uint64..d, 0, 304
	.quad	go..C52, 0, uint64..d, 0, 320, go..C53, 0, uint64..d, 0, 336
	.quad	go..C54, 0, uint64..d, 0, 352, go..C55, 0, uint64..d, 0, 368
	.quad	go..C56, 0, type.._6256_7uint64, 0, 384, go..C59, 0
	.quad	type.._6256_7uint64, 0, 4480, go..C60, 0, uint32..d, 0, 8576
	.quad	go..C66, 0, uint32..d, 0, 8584, go..C67, 0, float64..d, 0, 8592
	.quad	go..C73, 0, bool..d, 0, 8608, go..C79, 0, bool..d, 0, 8610
	.quad	go..C80, 0
	.quad	type.._661_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5
	.quad	0, 8624
	.weak	type.._661_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5
	.section	.data.rel.ro.local.type.._661_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5,"awG",@progbits,type.._661_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5,comdat
	.align 32
type.._661_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5:
	.quad	1464, 0
	.long	1088991390
	.byte	0, 8, 8, -111
	.quad	runtime._661_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq..f
	.quad	0, go..C81, 0, 0
	.quad	type..struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5
	.quad	type.._6_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5
	.quad	61
	.weak	type.._6_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5
	.section	.data.rel.ro.local.type.._6_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5,"awG",@progbits,type.._6_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5,comdat
	.align 32
type.._6_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5:
	.quad	24, 8
	.long	1088991390
	.byte	0, 8, 8, 23
	.quad	0, gcbits..ba, go..C87, 0, 0
	.quad	type..struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5
	.section	.rodata
	.align 8
.LC148:
	.ascii	"[]struct { Size uint32; Mallocs uint64; Frees uint64 }"
	.zero	1
	.section	.data.rel.ro.local.go..C87,"aw"
	.align 16
go..C87:
	.quad	.LC148, 54
	.weak	type..struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5
	.section	.data.rel.ro.local.type..struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5,"awG",@progbits,type..struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5,comdat
	.align 32
type..struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5:
	.quad	24, 0
	.long	1088991376
	.byte	0, 8, 8, -103
	.quad	runtime.struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq..f
	.quad	0, go..C82, 0, 0, go..C86, 3, 3
	.section	.data.rel.ro.go..C86,"aw"
	.align 32
go..C86:
	.quad	go..C83, 0, uint32..d, 0, 0, go..C84, 0, uint64..d, 0, 16
	.quad	go..C85, 0, uint64..d, 0, 32
	.section	.rodata
.LC149:
	.ascii	"Frees"
	.zero	1
	.section	.data.rel.ro.local.go..C85,"aw"
	.align 16
go..C85:
	.quad	.LC149, 5
	.section	.rodata
.LC150:
	.ascii	"Mallocs"
	.zero	1
	.section	.data.rel.ro.local.go..C84,"aw"
	.align 16
go..C84:
	.quad	.LC150, 7
	.section	.rodata
.LC151:
	.ascii	"Size"
	.zero	1
	.section	.data.rel.ro.local.go..C83,"aw"
	.align 16
go..C83:
	.quad	.LC151, 4
	.section	.rodata
	.align 8
.LC152:
	.ascii	"struct { Size uint32; Mallocs uint64; Frees uint64 }"
	.zero	1
	.section	.data.rel.ro.local.go..C82,"aw"
	.align 16
go..C82:
	.quad	.LC152, 52
	.globl	runtime.struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq..f
	.section	.data.rel.ro.local.runtime.struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq..f,"aw"
	.align 8
runtime.struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq..f:
	.quad	runtime.struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq
	.section	.rodata
	.align 8
.LC153:
	.ascii	"[61]struct { Size uint32; Mallocs uint64; Frees uint64 }"
	.zero	1
	.section	.data.rel.ro.local.go..C81,"aw"
	.align 16
go..C81:
	.quad	.LC153, 56
	.globl	runtime._661_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq..f
	.section	.data.rel.ro.local.runtime._661_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq..f,"aw"
	.align 8
runtime._661_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq..f:
	.quad	runtime._661_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq
	.section	.rodata
.LC154:
	.ascii	"BySize"
	.zero	1
	.section	.data.rel.ro.local.go..C80,"aw"
	.align 16
go..C80:
	.quad	.LC154, 6
	.section	.rodata
.LC155:
	.ascii	"DebugGC"
	.zero	1
	.section	.data.rel.ro.local.go..C79,"aw"
	.align 16
go..C79:
	.quad	.LC155, 7
	.weak	bool..d
	.section	.data.rel.ro.bool..d,"awG",@progbits,bool..d,comdat
	.align 32
bool..d:
	.quad	1, 0
	.long	1537849745
	.byte	8, 1, 1, -127
	.quad	runtime.memequal8..f, 0, go..C74, go..C77, bool..p
	.weak	bool..p
	.section	.data.rel.ro.bool..p,"awG",@progbits,bool..p,comdat
	.align 32
bool..p:
	.quad	8, 8
	.long	-1164207847
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C78, 0, 0, bool..d
	.section	.rodata
.LC156:
	.ascii	"*bool"
	.zero	1
	.section	.data.rel.ro.local.go..C78,"aw"
	.align 16
go..C78:
	.quad	.LC156, 5
	.section	.data.rel.ro.local.go..C77,"aw"
	.align 32
go..C77:
	.quad	go..C75, 0, go..C76, 0, 0
	.section	.data.rel.ro.go..C76,"a"
	.align 8
go..C76:
	.section	.rodata
.LC157:
	.ascii	"bool"
	.zero	1
	.section	.data.rel.ro.local.go..C75,"aw"
	.align 16
go..C75:
	.quad	.LC157, 4
	.section	.data.rel.ro.local.go..C74,"aw"
	.align 16
go..C74:
	.quad	.LC157, 4
	.section	.rodata
.LC158:
	.ascii	"EnableGC"
	.zero	1
	.section	.data.rel.ro.local.go..C73,"aw"
	.align 16
go..C73:
	.quad	.LC158, 8
	.weak	float64..d
	.section	.data.rel.ro.float64..d,"awG",@progbits,float64..d,comdat
	.align 32
float64..d:
	.quad	8, 0
	.long	269255457
	.byte	0, 8, 8, -114
	.quad	runtime.f64equal..f, 0, go..C68, go..C71, float64..p
	.weak	float64..p
	.section	.data.rel.ro.float64..p,"awG",@progbits,float64..p,comdat
	.align 32
float64..p:
	.quad	8, 8
	.long	13120025
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C72, 0, 0, float64..d
	.section	.rodata
.LC159:
	.ascii	"*float64"
	.zero	1
	.section	.data.rel.ro.local.go..C72,"aw"
	.align 16
go..C72:
	.quad	.LC159, 8
	.section	.data.rel.ro.local.go..C71,"aw"
	.align 32
go..C71:
	.quad	go..C69, 0, go..C70, 0, 0
	.section	.data.rel.ro.go..C70,"a"
	.align 8
go..C70:
	.section	.rodata
.LC160:
	.ascii	"float64"
	.zero	1
	.section	.data.rel.ro.local.go..C69,"aw"
	.align 16
go..C69:
	.quad	.LC160, 7
	.section	.data.rel.ro.local.go..C68,"aw"
	.align 16
go..C68:
	.quad	.LC160, 7
	.section	.rodata
.LC161:
	.ascii	"GCCPUFraction"
	.zero	1
	.section	.data.rel.ro.local.go..C67,"aw"
	.align 16
go..C67:
	.quad	.LC161, 13
	.section	.rodata
.LC162:
	.ascii	"NumForcedGC"
	.zero	1
	.section	.data.rel.ro.local.go..C66,"aw"
	.align 16
go..C66:
	.quad	.LC162, 11
	.weak	uint32..d
	.section	.data.rel.ro.uint32..d,"awG",@progbits,uint32..d,comdat
	.align 32
uint32..d:
	.quad	4, 0
	.long	278357906
	.byte	8, 4, 4, -118
	.quad	runtime.memequal32..f, 0, go..C61, go..C64, uint32..p
	.weak	uint32..p
	.section	.data.rel.ro.uint32..p,"awG",@progbits,uint32..p,comdat
	.align 32
uint32..p:
	.quad	8, 8
	.long	158759209
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C65, 0, 0, uint32..d
	.section	.rodata
.LC163:
	.ascii	"*uint32"
	.zero	1
	.section	.data.rel.ro.local.go..C65,"aw"
	.align 16
go..C65:
	.quad	.LC163, 7
	.section	.data.rel.ro.local.go..C64,"aw"
	.align 32
go..C64:
	.quad	go..C62, 0, go..C63, 0, 0
	.section	.data.rel.ro.go..C63,"a"
	.align 8
go..C63:
	.section	.rodata
.LC164:
	.ascii	"uint32"
	.zero	1
	.section	.data.rel.ro.local.go..C62,"aw"
	.align 16
go..C62:
	.quad	.LC164, 6
	.section	.data.rel.ro.local.go..C61,"aw"
	.align 16
go..C61:
	.quad	.LC164, 6
	.section	.rodata
.LC165:
	.ascii	"NumGC"
	.zero	1
	.section	.data.rel.ro.local.go..C60,"aw"
	.align 16
go..C60:
	.quad	.LC165, 5
	.section	.rodata
.LC166:
	.ascii	"PauseEnd"
	.zero	1
	.section	.data.rel.ro.local.go..C59,"aw"
	.align 16
go..C59:
	.quad	.LC166, 8
	.weak	type.._6256_7uint64
	.section	.data.rel.ro.local.type.._6256_7uint64,"awG",@progbits,type.._6256_7uint64,comdat
	.align 32
type.._6256_7uint64:
	.quad	2048, 0
	.long	-2069964287
	.byte	8, 8, 8, -111
	.quad	runtime._6256_7uint64..eq..f, 0, go..C57, 0, 0, uint64..d
	.quad	type.._6_7uint64, 256
	.weak	type.._6_7uint64
	.section	.data.rel.ro.local.type.._6_7uint64,"awG",@progbits,type.._6_7uint64,comdat
	.align 32
type.._6_7uint64:
	.quad	24, 8
	.long	-2069964287
	.byte	0, 8, 8, 23
	.quad	0, gcbits..ba, go..C58, 0, 0, uint64..d
	.section	.rodata
.LC167:
	.ascii	"[]uint64"
	.zero	1
	.section	.data.rel.ro.local.go..C58,"aw"
	.align 16
go..C58:
	.quad	.LC167, 8
	.section	.rodata
.LC168:
	.ascii	"[256]uint64"
	.zero	1
	.section	.data.rel.ro.local.go..C57,"aw"
	.align 16
go..C57:
	.quad	.LC168, 11
	.globl	runtime._6256_7uint64..eq..f
	.section	.data.rel.ro.local.runtime._6256_7uint64..eq..f,"aw"
	.align 8
runtime._6256_7uint64..eq..f:
	.quad	runtime._6256_7uint64..eq
	.section	.rodata
.LC169:
	.ascii	"PauseNs"
	.zero	1
	.section	.data.rel.ro.local.go..C56,"aw"
	.align 16
go..C56:
	.quad	.LC169, 7
	.section	.rodata
.LC170:
	.ascii	"PauseTotalNs"
	.zero	1
	.section	.data.rel.ro.local.go..C55,"aw"
	.align 16
go..C55:
	.quad	.LC170, 12
	.section	.rodata
.LC171:
	.ascii	"LastGC"
	.zero	1
	.section	.data.rel.ro.local.go..C54,"aw"
	.align 16
go..C54:
	.quad	.LC171, 6
	.section	.rodata
.LC172:
	.ascii	"NextGC"
	.zero	1
	.section	.data.rel.ro.local.go..C53,"aw"
	.align 16
go..C53:
	.quad	.LC172, 6
	.section	.rodata
.LC173:
	.ascii	"OtherSys"
	.zero	1
	.section	.data.rel.ro.local.go..C52,"aw"
	.align 16
go..C52:
	.quad	.LC173, 8
	.section	.rodata
.LC174:
	.ascii	"GCSys"
	.zero	1
	.section	.data.rel.ro.local.go..C51,"aw"
	.align 16
go..C51:
	.quad	.LC174, 5
	.section	.rodata
.LC175:
	.ascii	"BuckHashSys"
	.zero	1
	.section	.data.rel.ro.local.go..C50,"aw"
	.align 16
go..C50:
	.quad	.LC175, 11
	.section	.rodata
.LC176:
	.ascii	"MCacheSys"
	.zero	1
	.section	.data.rel.ro.local.go..C49,"aw"
	.align 16
go..C49:
	.quad	.LC176, 9
	.section	.rodata
.LC177:
	.ascii	"MCacheInuse"
	.zero	1
	.section	.data.rel.ro.local.go..C48,"aw"
	.align 16
go..C48:
	.quad	.LC177, 11
	.section	.rodata
.LC178:
	.ascii	"MSpanSys"
	.zero	1
	.section	.data.rel.ro.local.go..C47,"aw"
	.align 16
go..C47:
	.quad	.LC178, 8
	.section	.rodata
.LC179:
	.ascii	"MSpanInuse"
	.zero	1
	.section	.data.rel.ro.local.go..C46,"aw"
	.align 16
go..C46:
	.quad	.LC179, 10
	.section	.rodata
.LC180:
	.ascii	"StackSys"
	.zero	1
	.section	.data.rel.ro.local.go..C45,"aw"
	.align 16
go..C45:
	.quad	.LC180, 8
	.section	.rodata
.LC181:
	.ascii	"StackInuse"
	.zero	1
	.section	.data.rel.ro.local.go..C44,"aw"
	.align 16
go..C44:
	.quad	.LC181, 10
	.section	.rodata
.LC182:
	.ascii	"HeapObjects"
	.zero	1
	.section	.data.rel.ro.local.go..C43,"aw"
	.align 16
go..C43:
	.quad	.LC182, 11
	.section	.rodata
.LC183:
	.ascii	"HeapReleased"
	.zero	1
	.section	.data.rel.ro.local.go..C42,"aw"
	.align 16
go..C42:
	.quad	.LC183, 12
	.section	.rodata
.LC184:
	.ascii	"HeapInuse"
	.zero	1
	.section	.data.rel.ro.local.go..C41,"aw"
	.align 16
go..C41:
	.quad	.LC184, 9
	.section	.rodata
.LC185:
	.ascii	"HeapIdle"
	.zero	1
	.section	.data.rel.ro.local.go..C40,"aw"
	.align 16
go..C40:
	.quad	.LC185, 8
	.section	.rodata
.LC186:
	.ascii	"HeapSys"
	.zero	1
	.section	.data.rel.ro.local.go..C39,"aw"
	.align 16
go..C39:
	.quad	.LC186, 7
	.section	.rodata
.LC187:
	.ascii	"HeapAlloc"
	.zero	1
	.section	.data.rel.ro.local.go..C38,"aw"
	.align 16
go..C38:
	.quad	.LC187, 9
	.section	.data.rel.ro.local.go..C37,"aw"
	.align 16
go..C37:
	.quad	.LC149, 5
	.section	.data.rel.ro.local.go..C36,"aw"
	.align 16
go..C36:
	.quad	.LC150, 7
	.section	.rodata
.LC188:
	.ascii	"Lookups"
	.zero	1
	.section	.data.rel.ro.local.go..C35,"aw"
	.align 16
go..C35:
	.quad	.LC188, 7
	.section	.rodata
.LC189:
	.ascii	"Sys"
	.zero	1
	.section	.data.rel.ro.local.go..C34,"aw"
	.align 16
go..C34:
	.quad	.LC189, 3
	.section	.rodata
.LC190:
	.ascii	"TotalAlloc"
	.zero	1
	.section	.data.rel.ro.local.go..C33,"aw"
	.align 16
go..C33:
	.quad	.LC190, 10
	.weak	uint64..d
	.section	.data.rel.ro.uint64..d,"awG",@progbits,uint64..d,comdat
	.align 32
uint64..d:
	.quad	8, 0
	.long	-2069964301
	.byte	8, 8, 8, -117
	.quad	runtime.memequal64..f, 0, go..C28, go..C31, uint64..p
	.weak	uint64..p
	.section	.data.rel.ro.uint64..p,"awG",@progbits,uint64..p,comdat
	.align 32
uint64..p:
	.quad	8, 8
	.long	1240309561
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C32, 0, 0, uint64..d
	.section	.rodata
.LC191:
	.ascii	"*uint64"
	.zero	1
	.section	.data.rel.ro.local.go..C32,"aw"
	.align 16
go..C32:
	.quad	.LC191, 7
	.section	.data.rel.ro.local.go..C31,"aw"
	.align 32
go..C31:
	.quad	go..C29, 0, go..C30, 0, 0
	.section	.data.rel.ro.go..C30,"a"
	.align 8
go..C30:
	.section	.rodata
.LC192:
	.ascii	"uint64"
	.zero	1
	.section	.data.rel.ro.local.go..C29,"aw"
	.align 16
go..C29:
	.quad	.LC192, 6
	.section	.data.rel.ro.local.go..C28,"aw"
	.align 16
go..C28:
	.quad	.LC192, 6
	.section	.rodata
.LC193:
	.ascii	"Alloc"
	.zero	1
	.section	.data.rel.ro.local.go..C27,"aw"
	.align 16
go..C27:
	.quad	.LC193, 5
	.weak	runtime.MemStats..p
	.section	.data.rel.ro.runtime.MemStats..p,"awG",@progbits,runtime.MemStats..p,comdat
	.align 32
runtime.MemStats..p:
	.quad	8, 8
	.long	1459461977
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C26, 0, 0
	.quad	runtime.MemStats..d
	.section	.rodata
.LC194:
	.ascii	"*\truntime\truntime.MemStats"
	.zero	1
	.section	.data.rel.ro.local.go..C26,"aw"
	.align 16
go..C26:
	.quad	.LC194, 26
	.section	.data.rel.ro.local.go..C25,"aw"
	.align 32
go..C25:
	.quad	go..C22, go..C23, go..C24, 0, 0
	.section	.data.rel.ro.go..C24,"a"
	.align 8
go..C24:
	.section	.data.rel.ro.local.go..C23,"aw"
	.align 16
go..C23:
	.quad	.LC5, 7
	.section	.rodata
.LC195:
	.ascii	"MemStats"
	.zero	1
	.section	.data.rel.ro.local.go..C22,"aw"
	.align 16
go..C22:
	.quad	.LC195, 8
	.section	.rodata
.LC196:
	.ascii	"\truntime\truntime.MemStats"
	.zero	1
	.section	.data.rel.ro.local.go..C21,"aw"
	.align 16
go..C21:
	.quad	.LC196, 25
	.globl	runtime.MemStats..eq..f
	.section	.data.rel.ro.local.runtime.MemStats..eq..f,"aw"
	.align 8
runtime.MemStats..eq..f:
	.quad	runtime.MemStats..eq
	.globl	runtime.Error..d
	.section	.data.rel.ro.runtime.Error..d,"aw"
	.align 32
runtime.Error..d:
	.quad	16, 16
	.long	1359733439
	.byte	0, 8, 8, 20
	.quad	runtime.interequal..f, gcbits..da, go..C1, go..C5
	.quad	runtime.Error..p, go..C20, 2, 2
	.section	.data.rel.ro.go..C20,"aw"
	.align 32
go..C20:
	.quad	go..C7, 0, type..func_8_9_8string_9, go..C16, 0
	.quad	type..func_8_9_8_9
	.weak	type..func_8_9_8_9
	.section	.data.rel.ro.local.type..func_8_9_8_9,"awG",@progbits,type..func_8_9_8_9,comdat
	.align 32
type..func_8_9_8_9:
	.quad	8, 8
	.long	8
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C17, 0, 0
	.byte	0
	.zero	7
	.quad	go..C18, 0, 0, go..C19, 0, 0
	.section	.data.rel.ro.go..C19,"a"
	.align 8
go..C19:
	.section	.data.rel.ro.go..C18,"a"
	.align 8
go..C18:
	.section	.rodata
.LC197:
	.ascii	"func()"
	.zero	1
	.section	.data.rel.ro.local.go..C17,"aw"
	.align 16
go..C17:
	.quad	.LC197, 6
	.section	.data.rel.ro.local.go..C16,"aw"
	.align 16
go..C16:
	.quad	.LC14, 12
	.weak	type..func_8_9_8string_9
	.section	.data.rel.ro.local.type..func_8_9_8string_9,"awG",@progbits,type..func_8_9_8string_9,comdat
	.align 32
type..func_8_9_8string_9:
	.quad	8, 8
	.long	916039304
	.byte	0, 8, 8, 51
	.quad	0, gcbits..ba, go..C8, 0, 0
	.byte	0
	.zero	7
	.quad	go..C9, 0, 0, go..C15, 1, 1
	.section	.data.rel.ro.go..C15,"aw"
	.align 8
go..C15:
	.quad	string..d
	.weak	string..d
	.section	.data.rel.ro.string..d,"awG",@progbits,string..d,comdat
	.align 32
string..d:
	.quad	16, 8
	.long	-1998952806
	.byte	0, 8, 8, 24
	.quad	runtime.strequal..f, gcbits..ba, go..C10, go..C13, string..p
	.weak	string..p
	.section	.data.rel.ro.string..p,"awG",@progbits,string..p,comdat
	.align 32
string..p:
	.quad	8, 8
	.long	-1918473815
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C14, 0, 0, string..d
	.section	.rodata
.LC198:
	.ascii	"*string"
	.zero	1
	.section	.data.rel.ro.local.go..C14,"aw"
	.align 16
go..C14:
	.quad	.LC198, 7
	.section	.data.rel.ro.local.go..C13,"aw"
	.align 32
go..C13:
	.quad	go..C11, 0, go..C12, 0, 0
	.section	.data.rel.ro.go..C12,"a"
	.align 8
go..C12:
	.section	.rodata
.LC199:
	.ascii	"string"
	.zero	1
	.section	.data.rel.ro.local.go..C11,"aw"
	.align 16
go..C11:
	.quad	.LC199, 6
	.section	.data.rel.ro.local.go..C10,"aw"
	.align 16
go..C10:
	.quad	.LC199, 6
	.section	.data.rel.ro.go..C9,"a"
	.align 8
go..C9:
	.section	.rodata
.LC200:
	.ascii	"func() string"
	.zero	1
	.section	.data.rel.ro.local.go..C8,"aw"
	.align 16
go..C8:
	.quad	.LC200, 13
	.section	.data.rel.ro.local.go..C7,"aw"
	.align 16
go..C7:
	.quad	.LC2, 5
	.weak	runtime.Error..p
	.section	.data.rel.ro.runtime.Error..p,"awG",@progbits,runtime.Error..p,comdat
	.align 32
runtime.Error..p:
	.quad	8, 8
	.long	280898553
	.byte	8, 8, 8, 54
	.quad	runtime.memequal64..f, gcbits..ba, go..C6, 0, 0
	.quad	runtime.Error..d
	.section	.rodata
.LC201:
	.ascii	"*\truntime\truntime.Error"
	.zero	1
	.section	.data.rel.ro.local.go..C6,"aw"
	.align 16
go..C6:
	.quad	.LC201, 23
	.weak	gcbits..ba
	.section	.data.rel.ro.gcbits..ba,"aG",@progbits,gcbits..ba,comdat
gcbits..ba:
	.byte	1
	.section	.data.rel.ro.local.go..C5,"aw"
	.align 32
go..C5:
	.quad	go..C2, go..C3, go..C4, 0, 0
	.section	.data.rel.ro.go..C4,"a"
	.align 8
go..C4:
	.section	.data.rel.ro.local.go..C3,"aw"
	.align 16
go..C3:
	.quad	.LC5, 7
	.section	.data.rel.ro.local.go..C2,"aw"
	.align 16
go..C2:
	.quad	.LC2, 5
	.section	.rodata
.LC202:
	.ascii	"\truntime\truntime.Error"
	.zero	1
	.section	.data.rel.ro.local.go..C1,"aw"
	.align 16
go..C1:
	.quad	.LC202, 22
	.weak	gcbits..da
	.section	.data.rel.ro.gcbits..da,"aG",@progbits,gcbits..da,comdat
gcbits..da:
	.byte	3
	.section	.note.GNU-stack,"",@progbits
