/*
 * publictypes_amd64.S - descriptors of package runtime's public types. Made by
 * mktypes.sh from publictypes.go.in, do not edit.
 */
	.section .data.rel.ro,"aw"
	.balign 8
	.globl	runtime..types
runtime..types:
	.quad	43, runtime.Error..p, string..p, type..func_8_9_8string_9
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
.LC0:
	.ascii	"StackRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C234,"aw"
	.align 16
go..C234:
	.quad	.LC0, 11
	.section	.rodata
.LC1:
	.ascii	"Cycles"
	.zero	1
	.section	.data.rel.ro.local.go..C233,"aw"
	.align 16
go..C233:
	.quad	.LC1, 6
	.section	.rodata
.LC2:
	.ascii	"Count"
	.zero	1
	.section	.data.rel.ro.local.go..C232,"aw"
	.align 16
go..C232:
	.quad	.LC2, 5
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
.LC3:
	.ascii	"**\truntime\truntime.BlockProfileRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C231,"aw"
	.align 16
go..C231:
	.quad	.LC3, 37
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
.LC4:
	.ascii	"func(*\truntime\truntime.BlockProfileRecord) []uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C226,"aw"
	.align 16
go..C226:
	.quad	.LC4, 52
	.section	.rodata
.LC5:
	.ascii	"Stack"
	.zero	1
	.section	.data.rel.ro.local.go..C225,"aw"
	.align 16
go..C225:
	.quad	.LC5, 5
	.section	.rodata
	.align 8
.LC6:
	.ascii	"*\truntime\truntime.BlockProfileRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C224,"aw"
	.align 16
go..C224:
	.quad	.LC6, 36
	.section	.data.rel.ro.local.go..C223,"aw"
	.align 32
go..C223:
	.quad	go..C220, go..C221, go..C222, 0, 0
	.section	.data.rel.ro.go..C222,"a"
	.align 8
go..C222:
	.section	.rodata
.LC7:
	.ascii	"runtime"
	.zero	1
	.section	.data.rel.ro.local.go..C221,"aw"
	.align 16
go..C221:
	.quad	.LC7, 7
	.section	.rodata
.LC8:
	.ascii	"BlockProfileRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C220,"aw"
	.align 16
go..C220:
	.quad	.LC8, 18
	.section	.rodata
	.align 8
.LC9:
	.ascii	"\truntime\truntime.BlockProfileRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C219,"aw"
	.align 16
go..C219:
	.quad	.LC9, 35
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
.LC10:
	.ascii	"Stack0"
	.zero	1
	.section	.data.rel.ro.local.go..C217,"aw"
	.align 16
go..C217:
	.quad	.LC10, 6
	.section	.rodata
.LC11:
	.ascii	"FreeObjects"
	.zero	1
	.section	.data.rel.ro.local.go..C216,"aw"
	.align 16
go..C216:
	.quad	.LC11, 11
	.section	.rodata
.LC12:
	.ascii	"AllocObjects"
	.zero	1
	.section	.data.rel.ro.local.go..C215,"aw"
	.align 16
go..C215:
	.quad	.LC12, 12
	.section	.rodata
.LC13:
	.ascii	"FreeBytes"
	.zero	1
	.section	.data.rel.ro.local.go..C214,"aw"
	.align 16
go..C214:
	.quad	.LC13, 9
	.section	.rodata
.LC14:
	.ascii	"AllocBytes"
	.zero	1
	.section	.data.rel.ro.local.go..C213,"aw"
	.align 16
go..C213:
	.quad	.LC14, 10
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
.LC15:
	.ascii	"**\truntime\truntime.MemProfileRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C212,"aw"
	.align 16
go..C212:
	.quad	.LC15, 35
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
.LC16:
	.ascii	"func(*\truntime\truntime.MemProfileRecord) []uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C207,"aw"
	.align 16
go..C207:
	.quad	.LC16, 50
	.section	.data.rel.ro.local.go..C206,"aw"
	.align 16
go..C206:
	.quad	.LC5, 5
	.section	.rodata
.LC17:
	.ascii	"InUseObjects"
	.zero	1
	.section	.data.rel.ro.local.go..C205,"aw"
	.align 16
go..C205:
	.quad	.LC17, 12
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
.LC18:
	.ascii	"func(*\truntime\truntime.MemProfileRecord) int64"
	.zero	1
	.section	.data.rel.ro.local.go..C202,"aw"
	.align 16
go..C202:
	.quad	.LC18, 46
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
.LC19:
	.ascii	"*int64"
	.zero	1
	.section	.data.rel.ro.local.go..C200,"aw"
	.align 16
go..C200:
	.quad	.LC19, 6
	.section	.data.rel.ro.local.go..C199,"aw"
	.align 32
go..C199:
	.quad	go..C197, 0, go..C198, 0, 0
	.section	.data.rel.ro.go..C198,"a"
	.align 8
go..C198:
	.section	.rodata
.LC20:
	.ascii	"int64"
	.zero	1
	.section	.data.rel.ro.local.go..C197,"aw"
	.align 16
go..C197:
	.quad	.LC20, 5
	.section	.data.rel.ro.local.go..C196,"aw"
	.align 16
go..C196:
	.quad	.LC20, 5
	.section	.data.rel.ro.go..C195,"a"
	.align 8
go..C195:
	.section	.rodata
.LC21:
	.ascii	"func() int64"
	.zero	1
	.section	.data.rel.ro.local.go..C194,"aw"
	.align 16
go..C194:
	.quad	.LC21, 12
	.section	.rodata
.LC22:
	.ascii	"InUseBytes"
	.zero	1
	.section	.data.rel.ro.local.go..C193,"aw"
	.align 16
go..C193:
	.quad	.LC22, 10
	.section	.rodata
	.align 8
.LC23:
	.ascii	"*\truntime\truntime.MemProfileRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C192,"aw"
	.align 16
go..C192:
	.quad	.LC23, 34
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
	.quad	.LC7, 7
	.section	.rodata
.LC24:
	.ascii	"MemProfileRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C188,"aw"
	.align 16
go..C188:
	.quad	.LC24, 16
	.section	.rodata
	.align 8
.LC25:
	.ascii	"\truntime\truntime.MemProfileRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C187,"aw"
	.align 16
go..C187:
	.quad	.LC25, 33
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
.LC26:
	.ascii	"[32]uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C185,"aw"
	.align 16
go..C185:
	.quad	.LC26, 11
	.globl	runtime._632_7uintptr..eq..f
	.section	.data.rel.ro.local.runtime._632_7uintptr..eq..f,"aw"
	.align 8
runtime._632_7uintptr..eq..f:
	.quad	runtime._632_7uintptr..eq
	.section	.data.rel.ro.local.go..C184,"aw"
	.align 16
go..C184:
	.quad	.LC10, 6
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
.LC27:
	.ascii	"**\truntime\truntime.StackRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C183,"aw"
	.align 16
go..C183:
	.quad	.LC27, 30
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
.LC28:
	.ascii	"func(*\truntime\truntime.StackRecord) []uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C178,"aw"
	.align 16
go..C178:
	.quad	.LC28, 45
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
.LC29:
	.ascii	"func() []uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C175,"aw"
	.align 16
go..C175:
	.quad	.LC29, 16
	.section	.data.rel.ro.local.go..C174,"aw"
	.align 16
go..C174:
	.quad	.LC5, 5
	.section	.rodata
.LC30:
	.ascii	"*\truntime\truntime.StackRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C173,"aw"
	.align 16
go..C173:
	.quad	.LC30, 29
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
	.quad	.LC7, 7
	.section	.data.rel.ro.local.go..C169,"aw"
	.align 16
go..C169:
	.quad	.LC0, 11
	.section	.rodata
.LC31:
	.ascii	"\truntime\truntime.StackRecord"
	.zero	1
	.section	.data.rel.ro.local.go..C168,"aw"
	.align 16
go..C168:
	.quad	.LC31, 28
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
	.quad	.LC7, 7
	.section	.rodata
.LC32:
	.ascii	"lastCount"
	.zero	1
	.section	.data.rel.ro.local.go..C165,"aw"
	.align 16
go..C165:
	.quad	.LC32, 9
	.section	.data.rel.ro.local.go..C164,"aw"
	.align 16
go..C164:
	.quad	.LC7, 7
	.section	.rodata
.LC33:
	.ascii	"last"
	.zero	1
	.section	.data.rel.ro.local.go..C163,"aw"
	.align 16
go..C163:
	.quad	.LC33, 4
	.weak	type.._6_7uintptr
	.section	.data.rel.ro.local.type.._6_7uintptr,"awG",@progbits,type.._6_7uintptr,comdat
	.align 32
type.._6_7uintptr:
	.quad	24, 8
	.long	-1488193287
	.byte	0, 8, 8, 23
	.quad	0, gcbits..ba, go..C162, 0, 0, uintptr..d
	.section	.rodata
.LC34:
	.ascii	"[]uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C162,"aw"
	.align 16
go..C162:
	.quad	.LC34, 9
	.section	.data.rel.ro.local.go..C161,"aw"
	.align 16
go..C161:
	.quad	.LC7, 7
	.section	.rodata
.LC35:
	.ascii	"callers"
	.zero	1
	.section	.data.rel.ro.local.go..C160,"aw"
	.align 16
go..C160:
	.quad	.LC35, 7
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
.LC36:
	.ascii	"**\truntime\truntime.Frames"
	.zero	1
	.section	.data.rel.ro.local.go..C159,"aw"
	.align 16
go..C159:
	.quad	.LC36, 25
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
.LC37:
	.ascii	"func(*\truntime\truntime.Frames) (\truntime\truntime.Frame, "
	.ascii	"bool)"
	.zero	1
	.section	.data.rel.ro.local.go..C154,"aw"
	.align 16
go..C154:
	.quad	.LC37, 61
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
.LC38:
	.ascii	"func() (\truntime\truntime.Frame, bool)"
	.zero	1
	.section	.data.rel.ro.local.go..C151,"aw"
	.align 16
go..C151:
	.quad	.LC38, 37
	.section	.rodata
.LC39:
	.ascii	"Next"
	.zero	1
	.section	.data.rel.ro.local.go..C150,"aw"
	.align 16
go..C150:
	.quad	.LC39, 4
	.section	.rodata
.LC40:
	.ascii	"*\truntime\truntime.Frames"
	.zero	1
	.section	.data.rel.ro.local.go..C149,"aw"
	.align 16
go..C149:
	.quad	.LC40, 24
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
	.quad	.LC7, 7
	.section	.rodata
.LC41:
	.ascii	"Frames"
	.zero	1
	.section	.data.rel.ro.local.go..C145,"aw"
	.align 16
go..C145:
	.quad	.LC41, 6
	.section	.rodata
.LC42:
	.ascii	"\truntime\truntime.Frames"
	.zero	1
	.section	.data.rel.ro.local.go..C144,"aw"
	.align 16
go..C144:
	.quad	.LC42, 23
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
.LC43:
	.ascii	"Entry"
	.zero	1
	.section	.data.rel.ro.local.go..C142,"aw"
	.align 16
go..C142:
	.quad	.LC43, 5
	.section	.rodata
.LC44:
	.ascii	"Line"
	.zero	1
	.section	.data.rel.ro.local.go..C141,"aw"
	.align 16
go..C141:
	.quad	.LC44, 4
	.section	.rodata
.LC45:
	.ascii	"File"
	.zero	1
	.section	.data.rel.ro.local.go..C140,"aw"
	.align 16
go..C140:
	.quad	.LC45, 4
	.section	.rodata
.LC46:
	.ascii	"Function"
	.zero	1
	.section	.data.rel.ro.local.go..C139,"aw"
	.align 16
go..C139:
	.quad	.LC46, 8
	.section	.rodata
.LC47:
	.ascii	"Func"
	.zero	1
	.section	.data.rel.ro.local.go..C138,"aw"
	.align 16
go..C138:
	.quad	.LC47, 4
	.section	.rodata
.LC48:
	.ascii	"PC"
	.zero	1
	.section	.data.rel.ro.local.go..C137,"aw"
	.align 16
go..C137:
	.quad	.LC48, 2
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
.LC49:
	.ascii	"*\truntime\truntime.Frame"
	.zero	1
	.section	.data.rel.ro.local.go..C136,"aw"
	.align 16
go..C136:
	.quad	.LC49, 23
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
	.quad	.LC7, 7
	.section	.rodata
.LC50:
	.ascii	"Frame"
	.zero	1
	.section	.data.rel.ro.local.go..C132,"aw"
	.align 16
go..C132:
	.quad	.LC50, 5
	.section	.rodata
.LC51:
	.ascii	"\truntime\truntime.Frame"
	.zero	1
	.section	.data.rel.ro.local.go..C131,"aw"
	.align 16
go..C131:
	.quad	.LC51, 22
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
	.quad	.LC7, 7
	.section	.rodata
.LC52:
	.ascii	"entry"
	.zero	1
	.section	.data.rel.ro.local.go..C128,"aw"
	.align 16
go..C128:
	.quad	.LC52, 5
	.section	.data.rel.ro.local.go..C127,"aw"
	.align 16
go..C127:
	.quad	.LC7, 7
	.section	.rodata
.LC53:
	.ascii	"name"
	.zero	1
	.section	.data.rel.ro.local.go..C126,"aw"
	.align 16
go..C126:
	.quad	.LC53, 4
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
.LC54:
	.ascii	"**\truntime\truntime.Func"
	.zero	1
	.section	.data.rel.ro.local.go..C125,"aw"
	.align 16
go..C125:
	.quad	.LC54, 23
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
.LC55:
	.ascii	"func(*\truntime\truntime.Func) string"
	.zero	1
	.section	.data.rel.ro.local.go..C120,"aw"
	.align 16
go..C120:
	.quad	.LC55, 35
	.section	.rodata
.LC56:
	.ascii	"Name"
	.zero	1
	.section	.data.rel.ro.local.go..C119,"aw"
	.align 16
go..C119:
	.quad	.LC56, 4
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
.LC57:
	.ascii	"func(*\truntime\truntime.Func, uintptr) (string, int)"
	.zero	1
	.section	.data.rel.ro.local.go..C116,"aw"
	.align 16
go..C116:
	.quad	.LC57, 51
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
.LC58:
	.ascii	"*int"
	.zero	1
	.section	.data.rel.ro.local.go..C114,"aw"
	.align 16
go..C114:
	.quad	.LC58, 4
	.section	.data.rel.ro.local.go..C113,"aw"
	.align 32
go..C113:
	.quad	go..C111, 0, go..C112, 0, 0
	.section	.data.rel.ro.go..C112,"a"
	.align 8
go..C112:
	.section	.rodata
.LC59:
	.ascii	"int"
	.zero	1
	.section	.data.rel.ro.local.go..C111,"aw"
	.align 16
go..C111:
	.quad	.LC59, 3
	.section	.data.rel.ro.local.go..C110,"aw"
	.align 16
go..C110:
	.quad	.LC59, 3
	.section	.data.rel.ro.go..C109,"aw"
	.align 8
go..C109:
	.quad	uintptr..d
	.section	.rodata
.LC60:
	.ascii	"func(uintptr) (string, int)"
	.zero	1
	.section	.data.rel.ro.local.go..C108,"aw"
	.align 16
go..C108:
	.quad	.LC60, 27
	.section	.rodata
.LC61:
	.ascii	"FileLine"
	.zero	1
	.section	.data.rel.ro.local.go..C107,"aw"
	.align 16
go..C107:
	.quad	.LC61, 8
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
.LC62:
	.ascii	"func(*\truntime\truntime.Func) uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C104,"aw"
	.align 16
go..C104:
	.quad	.LC62, 36
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
.LC63:
	.ascii	"*uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C102,"aw"
	.align 16
go..C102:
	.quad	.LC63, 8
	.section	.data.rel.ro.local.go..C101,"aw"
	.align 32
go..C101:
	.quad	go..C99, 0, go..C100, 0, 0
	.section	.data.rel.ro.go..C100,"a"
	.align 8
go..C100:
	.section	.rodata
.LC64:
	.ascii	"uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C99,"aw"
	.align 16
go..C99:
	.quad	.LC64, 7
	.section	.data.rel.ro.local.go..C98,"aw"
	.align 16
go..C98:
	.quad	.LC64, 7
	.section	.data.rel.ro.go..C97,"a"
	.align 8
go..C97:
	.section	.rodata
.LC65:
	.ascii	"func() uintptr"
	.zero	1
	.section	.data.rel.ro.local.go..C96,"aw"
	.align 16
go..C96:
	.quad	.LC65, 14
	.section	.data.rel.ro.local.go..C95,"aw"
	.align 16
go..C95:
	.quad	.LC43, 5
	.section	.rodata
.LC66:
	.ascii	"*\truntime\truntime.Func"
	.zero	1
	.section	.data.rel.ro.local.go..C94,"aw"
	.align 16
go..C94:
	.quad	.LC66, 22
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
	.quad	.LC7, 7
	.section	.data.rel.ro.local.go..C90,"aw"
	.align 16
go..C90:
	.quad	.LC47, 4
	.section	.rodata
.LC67:
	.ascii	"\truntime\truntime.Func"
	.zero	1
	.section	.data.rel.ro.local.go..C89,"aw"
	.align 16
go..C89:
	.quad	.LC67, 21
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
.LC68:
	.ascii	"[]struct { Size uint32; Mallocs uint64; Frees uint64 }"
	.zero	1
	.section	.data.rel.ro.local.go..C87,"aw"
	.align 16
go..C87:
	.quad	.LC68, 54
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
.LC69:
	.ascii	"Frees"
	.zero	1
	.section	.data.rel.ro.local.go..C85,"aw"
	.align 16
go..C85:
	.quad	.LC69, 5
	.section	.rodata
.LC70:
	.ascii	"Mallocs"
	.zero	1
	.section	.data.rel.ro.local.go..C84,"aw"
	.align 16
go..C84:
	.quad	.LC70, 7
	.section	.rodata
.LC71:
	.ascii	"Size"
	.zero	1
	.section	.data.rel.ro.local.go..C83,"aw"
	.align 16
go..C83:
	.quad	.LC71, 4
	.section	.rodata
	.align 8
.LC72:
	.ascii	"struct { Size uint32; Mallocs uint64; Frees uint64 }"
	.zero	1
	.section	.data.rel.ro.local.go..C82,"aw"
	.align 16
go..C82:
	.quad	.LC72, 52
	.globl	runtime.struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq..f
	.section	.data.rel.ro.local.runtime.struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq..f,"aw"
	.align 8
runtime.struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq..f:
	.quad	runtime.struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq
	.section	.rodata
	.align 8
.LC73:
	.ascii	"[61]struct { Size uint32; Mallocs uint64; Frees uint64 }"
	.zero	1
	.section	.data.rel.ro.local.go..C81,"aw"
	.align 16
go..C81:
	.quad	.LC73, 56
	.globl	runtime._661_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq..f
	.section	.data.rel.ro.local.runtime._661_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq..f,"aw"
	.align 8
runtime._661_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq..f:
	.quad	runtime._661_7struct_4Size_buint32_cMallocs_buint64_cFrees_buint64_5..eq
	.section	.rodata
.LC74:
	.ascii	"BySize"
	.zero	1
	.section	.data.rel.ro.local.go..C80,"aw"
	.align 16
go..C80:
	.quad	.LC74, 6
	.section	.rodata
.LC75:
	.ascii	"DebugGC"
	.zero	1
	.section	.data.rel.ro.local.go..C79,"aw"
	.align 16
go..C79:
	.quad	.LC75, 7
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
.LC76:
	.ascii	"*bool"
	.zero	1
	.section	.data.rel.ro.local.go..C78,"aw"
	.align 16
go..C78:
	.quad	.LC76, 5
	.section	.data.rel.ro.local.go..C77,"aw"
	.align 32
go..C77:
	.quad	go..C75, 0, go..C76, 0, 0
	.section	.data.rel.ro.go..C76,"a"
	.align 8
go..C76:
	.section	.rodata
.LC77:
	.ascii	"bool"
	.zero	1
	.section	.data.rel.ro.local.go..C75,"aw"
	.align 16
go..C75:
	.quad	.LC77, 4
	.section	.data.rel.ro.local.go..C74,"aw"
	.align 16
go..C74:
	.quad	.LC77, 4
	.section	.rodata
.LC78:
	.ascii	"EnableGC"
	.zero	1
	.section	.data.rel.ro.local.go..C73,"aw"
	.align 16
go..C73:
	.quad	.LC78, 8
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
.LC79:
	.ascii	"*float64"
	.zero	1
	.section	.data.rel.ro.local.go..C72,"aw"
	.align 16
go..C72:
	.quad	.LC79, 8
	.section	.data.rel.ro.local.go..C71,"aw"
	.align 32
go..C71:
	.quad	go..C69, 0, go..C70, 0, 0
	.section	.data.rel.ro.go..C70,"a"
	.align 8
go..C70:
	.section	.rodata
.LC80:
	.ascii	"float64"
	.zero	1
	.section	.data.rel.ro.local.go..C69,"aw"
	.align 16
go..C69:
	.quad	.LC80, 7
	.section	.data.rel.ro.local.go..C68,"aw"
	.align 16
go..C68:
	.quad	.LC80, 7
	.section	.rodata
.LC81:
	.ascii	"GCCPUFraction"
	.zero	1
	.section	.data.rel.ro.local.go..C67,"aw"
	.align 16
go..C67:
	.quad	.LC81, 13
	.section	.rodata
.LC82:
	.ascii	"NumForcedGC"
	.zero	1
	.section	.data.rel.ro.local.go..C66,"aw"
	.align 16
go..C66:
	.quad	.LC82, 11
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
.LC83:
	.ascii	"*uint32"
	.zero	1
	.section	.data.rel.ro.local.go..C65,"aw"
	.align 16
go..C65:
	.quad	.LC83, 7
	.section	.data.rel.ro.local.go..C64,"aw"
	.align 32
go..C64:
	.quad	go..C62, 0, go..C63, 0, 0
	.section	.data.rel.ro.go..C63,"a"
	.align 8
go..C63:
	.section	.rodata
.LC84:
	.ascii	"uint32"
	.zero	1
	.section	.data.rel.ro.local.go..C62,"aw"
	.align 16
go..C62:
	.quad	.LC84, 6
	.section	.data.rel.ro.local.go..C61,"aw"
	.align 16
go..C61:
	.quad	.LC84, 6
	.section	.rodata
.LC85:
	.ascii	"NumGC"
	.zero	1
	.section	.data.rel.ro.local.go..C60,"aw"
	.align 16
go..C60:
	.quad	.LC85, 5
	.section	.rodata
.LC86:
	.ascii	"PauseEnd"
	.zero	1
	.section	.data.rel.ro.local.go..C59,"aw"
	.align 16
go..C59:
	.quad	.LC86, 8
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
.LC87:
	.ascii	"[]uint64"
	.zero	1
	.section	.data.rel.ro.local.go..C58,"aw"
	.align 16
go..C58:
	.quad	.LC87, 8
	.section	.rodata
.LC88:
	.ascii	"[256]uint64"
	.zero	1
	.section	.data.rel.ro.local.go..C57,"aw"
	.align 16
go..C57:
	.quad	.LC88, 11
	.globl	runtime._6256_7uint64..eq..f
	.section	.data.rel.ro.local.runtime._6256_7uint64..eq..f,"aw"
	.align 8
runtime._6256_7uint64..eq..f:
	.quad	runtime._6256_7uint64..eq
	.section	.rodata
.LC89:
	.ascii	"PauseNs"
	.zero	1
	.section	.data.rel.ro.local.go..C56,"aw"
	.align 16
go..C56:
	.quad	.LC89, 7
	.section	.rodata
.LC90:
	.ascii	"PauseTotalNs"
	.zero	1
	.section	.data.rel.ro.local.go..C55,"aw"
	.align 16
go..C55:
	.quad	.LC90, 12
	.section	.rodata
.LC91:
	.ascii	"LastGC"
	.zero	1
	.section	.data.rel.ro.local.go..C54,"aw"
	.align 16
go..C54:
	.quad	.LC91, 6
	.section	.rodata
.LC92:
	.ascii	"NextGC"
	.zero	1
	.section	.data.rel.ro.local.go..C53,"aw"
	.align 16
go..C53:
	.quad	.LC92, 6
	.section	.rodata
.LC93:
	.ascii	"OtherSys"
	.zero	1
	.section	.data.rel.ro.local.go..C52,"aw"
	.align 16
go..C52:
	.quad	.LC93, 8
	.section	.rodata
.LC94:
	.ascii	"GCSys"
	.zero	1
	.section	.data.rel.ro.local.go..C51,"aw"
	.align 16
go..C51:
	.quad	.LC94, 5
	.section	.rodata
.LC95:
	.ascii	"BuckHashSys"
	.zero	1
	.section	.data.rel.ro.local.go..C50,"aw"
	.align 16
go..C50:
	.quad	.LC95, 11
	.section	.rodata
.LC96:
	.ascii	"MCacheSys"
	.zero	1
	.section	.data.rel.ro.local.go..C49,"aw"
	.align 16
go..C49:
	.quad	.LC96, 9
	.section	.rodata
.LC97:
	.ascii	"MCacheInuse"
	.zero	1
	.section	.data.rel.ro.local.go..C48,"aw"
	.align 16
go..C48:
	.quad	.LC97, 11
	.section	.rodata
.LC98:
	.ascii	"MSpanSys"
	.zero	1
	.section	.data.rel.ro.local.go..C47,"aw"
	.align 16
go..C47:
	.quad	.LC98, 8
	.section	.rodata
.LC99:
	.ascii	"MSpanInuse"
	.zero	1
	.section	.data.rel.ro.local.go..C46,"aw"
	.align 16
go..C46:
	.quad	.LC99, 10
	.section	.rodata
.LC100:
	.ascii	"StackSys"
	.zero	1
	.section	.data.rel.ro.local.go..C45,"aw"
	.align 16
go..C45:
	.quad	.LC100, 8
	.section	.rodata
.LC101:
	.ascii	"StackInuse"
	.zero	1
	.section	.data.rel.ro.local.go..C44,"aw"
	.align 16
go..C44:
	.quad	.LC101, 10
	.section	.rodata
.LC102:
	.ascii	"HeapObjects"
	.zero	1
	.section	.data.rel.ro.local.go..C43,"aw"
	.align 16
go..C43:
	.quad	.LC102, 11
	.section	.rodata
.LC103:
	.ascii	"HeapReleased"
	.zero	1
	.section	.data.rel.ro.local.go..C42,"aw"
	.align 16
go..C42:
	.quad	.LC103, 12
	.section	.rodata
.LC104:
	.ascii	"HeapInuse"
	.zero	1
	.section	.data.rel.ro.local.go..C41,"aw"
	.align 16
go..C41:
	.quad	.LC104, 9
	.section	.rodata
.LC105:
	.ascii	"HeapIdle"
	.zero	1
	.section	.data.rel.ro.local.go..C40,"aw"
	.align 16
go..C40:
	.quad	.LC105, 8
	.section	.rodata
.LC106:
	.ascii	"HeapSys"
	.zero	1
	.section	.data.rel.ro.local.go..C39,"aw"
	.align 16
go..C39:
	.quad	.LC106, 7
	.section	.rodata
.LC107:
	.ascii	"HeapAlloc"
	.zero	1
	.section	.data.rel.ro.local.go..C38,"aw"
	.align 16
go..C38:
	.quad	.LC107, 9
	.section	.data.rel.ro.local.go..C37,"aw"
	.align 16
go..C37:
	.quad	.LC69, 5
	.section	.data.rel.ro.local.go..C36,"aw"
	.align 16
go..C36:
	.quad	.LC70, 7
	.section	.rodata
.LC108:
	.ascii	"Lookups"
	.zero	1
	.section	.data.rel.ro.local.go..C35,"aw"
	.align 16
go..C35:
	.quad	.LC108, 7
	.section	.rodata
.LC109:
	.ascii	"Sys"
	.zero	1
	.section	.data.rel.ro.local.go..C34,"aw"
	.align 16
go..C34:
	.quad	.LC109, 3
	.section	.rodata
.LC110:
	.ascii	"TotalAlloc"
	.zero	1
	.section	.data.rel.ro.local.go..C33,"aw"
	.align 16
go..C33:
	.quad	.LC110, 10
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
.LC111:
	.ascii	"*uint64"
	.zero	1
	.section	.data.rel.ro.local.go..C32,"aw"
	.align 16
go..C32:
	.quad	.LC111, 7
	.section	.data.rel.ro.local.go..C31,"aw"
	.align 32
go..C31:
	.quad	go..C29, 0, go..C30, 0, 0
	.section	.data.rel.ro.go..C30,"a"
	.align 8
go..C30:
	.section	.rodata
.LC112:
	.ascii	"uint64"
	.zero	1
	.section	.data.rel.ro.local.go..C29,"aw"
	.align 16
go..C29:
	.quad	.LC112, 6
	.section	.data.rel.ro.local.go..C28,"aw"
	.align 16
go..C28:
	.quad	.LC112, 6
	.section	.rodata
.LC113:
	.ascii	"Alloc"
	.zero	1
	.section	.data.rel.ro.local.go..C27,"aw"
	.align 16
go..C27:
	.quad	.LC113, 5
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
.LC114:
	.ascii	"*\truntime\truntime.MemStats"
	.zero	1
	.section	.data.rel.ro.local.go..C26,"aw"
	.align 16
go..C26:
	.quad	.LC114, 26
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
	.quad	.LC7, 7
	.section	.rodata
.LC115:
	.ascii	"MemStats"
	.zero	1
	.section	.data.rel.ro.local.go..C22,"aw"
	.align 16
go..C22:
	.quad	.LC115, 8
	.section	.rodata
.LC116:
	.ascii	"\truntime\truntime.MemStats"
	.zero	1
	.section	.data.rel.ro.local.go..C21,"aw"
	.align 16
go..C21:
	.quad	.LC116, 25
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
.LC117:
	.ascii	"func()"
	.zero	1
	.section	.data.rel.ro.local.go..C17,"aw"
	.align 16
go..C17:
	.quad	.LC117, 6
	.section	.rodata
.LC118:
	.ascii	"RuntimeError"
	.zero	1
	.section	.data.rel.ro.local.go..C16,"aw"
	.align 16
go..C16:
	.quad	.LC118, 12
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
.LC119:
	.ascii	"*string"
	.zero	1
	.section	.data.rel.ro.local.go..C14,"aw"
	.align 16
go..C14:
	.quad	.LC119, 7
	.section	.data.rel.ro.local.go..C13,"aw"
	.align 32
go..C13:
	.quad	go..C11, 0, go..C12, 0, 0
	.section	.data.rel.ro.go..C12,"a"
	.align 8
go..C12:
	.section	.rodata
.LC120:
	.ascii	"string"
	.zero	1
	.section	.data.rel.ro.local.go..C11,"aw"
	.align 16
go..C11:
	.quad	.LC120, 6
	.section	.data.rel.ro.local.go..C10,"aw"
	.align 16
go..C10:
	.quad	.LC120, 6
	.section	.data.rel.ro.go..C9,"a"
	.align 8
go..C9:
	.section	.rodata
.LC121:
	.ascii	"func() string"
	.zero	1
	.section	.data.rel.ro.local.go..C8,"aw"
	.align 16
go..C8:
	.quad	.LC121, 13
	.section	.rodata
.LC122:
	.ascii	"Error"
	.zero	1
	.section	.data.rel.ro.local.go..C7,"aw"
	.align 16
go..C7:
	.quad	.LC122, 5
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
.LC123:
	.ascii	"*\truntime\truntime.Error"
	.zero	1
	.section	.data.rel.ro.local.go..C6,"aw"
	.align 16
go..C6:
	.quad	.LC123, 23
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
	.quad	.LC7, 7
	.section	.data.rel.ro.local.go..C2,"aw"
	.align 16
go..C2:
	.quad	.LC122, 5
	.section	.rodata
.LC124:
	.ascii	"\truntime\truntime.Error"
	.zero	1
	.section	.data.rel.ro.local.go..C1,"aw"
	.align 16
go..C1:
	.quad	.LC124, 22
	.weak	gcbits..da
	.section	.data.rel.ro.gcbits..da,"aG",@progbits,gcbits..da,comdat
gcbits..da:
	.byte	3
	.section	.note.GNU-stack,"",@progbits
