/** Architectures for which the numbers below are known, by their names in Node. */
type Architecture = 'x64' | 'arm64'

/** AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64 of linux/audit.h. */
const AUDIT_NAMES: Readonly<Record<Architecture, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 }

/**
 * System calls that no decoder needs, many of which past sandbox escapes used. The numbers are those of x86-64 and
 * AArch64 in asm/unistd.h; from 424 on they are equal.
 */
const DENIED_CALLS: Readonly<Record<string, readonly [x64: number, arm64: number] | number>> = {
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  pidfd_getfd: 438,
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  unshare: [272, 97],
  setns: [308, 268],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  fspick: 433,
  mount_setattr: 442,
  open_by_handle_at: [304, 265],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  quotactl: [179, 60],
  syslog: [103, 116],
  socket: [41, 198]
}

const CLONE: Readonly<Record<Architecture, number>> = { x64: 56, arm64: 220 }
/** Its flags are in memory, which a filter cannot read. A program that gets ENOSYS for it uses clone(2) instead. */
const CLONE3 = 435
const CLONE_NEWUSER = 0x10000000
/** Set in the numbers of the x32 ABI, under which denied calls would otherwise pass. */
const X32_BIT = 0x40000000

const [LOAD, IF_EQUAL, IF_AT_LEAST, IF_ANY_BIT, RETURN] = [0x20, 0x15, 0x35, 0x45, 0x06]
const [NUMBER, ARCHITECTURE, FIRST_ARGUMENT] = [0, 4, 16]
const [ALLOW, KILL, EPERM, ENOSYS] = [0x7fff0000, 0x80000000, 0x00050001, 0x00050026]

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number]

/**
 * Builds a filter for seccomp(2) in the format that `bwrap --seccomp` reads, an array of struct sock_filter. It denies
 * the system calls that no decoder needs with EPERM, and kills a program of another architecture.
 *
 * @param architecture as in `process.arch`
 * @returns undefined if the numbers of that architecture are not known
 */
export function buildSeccompFilter (architecture: string): Buffer | undefined {
  if (architecture !== 'x64' && architecture !== 'arm64') return undefined
  const numbers = Object.values(DENIED_CALLS).map((number) =>
    typeof number === 'number' ? number : number[architecture === 'x64' ? 0 : 1]
  )
  const returnIf = (code: number, value: number, verdict: number): Instruction[] => [
    [code, 0, 1, value],
    [RETURN, 0, 0, verdict]
  ]
  const program: Instruction[] = [
    [LOAD, 0, 0, ARCHITECTURE],
    [IF_EQUAL, 1, 0, AUDIT_NAMES[architecture]],
    [RETURN, 0, 0, KILL],
    [LOAD, 0, 0, NUMBER],
    ...(architecture === 'x64' ? returnIf(IF_AT_LEAST, X32_BIT, EPERM) : []),
    ...numbers.flatMap((number) => returnIf(IF_EQUAL, number, EPERM)),
    ...returnIf(IF_EQUAL, CLONE3, ENOSYS),
    [IF_EQUAL, 0, 3, CLONE[architecture]],
    [LOAD, 0, 0, FIRST_ARGUMENT],
    ...returnIf(IF_ANY_BIT, CLONE_NEWUSER, EPERM),
    [RETURN, 0, 0, ALLOW]
  ]
  return Buffer.concat(program.map(encode))
}

function encode ([code, ifTrue, ifFalse, value]: Instruction): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16LE(code, 0)
  bytes.writeUInt8(ifTrue, 2)
  bytes.writeUInt8(ifFalse, 3)
  bytes.writeUInt32LE(value, 4)
  return bytes
}
