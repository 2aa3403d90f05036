"""System call numbers, grouped by why the sandbox refuses them; x86_64 first, then aarch64.

Sources: the kernel's arch/x86/entry/syscalls/syscall_64.tbl and
include/uapi/asm-generic/unistd.h. A dash: the architecture has no such call.
"""

from __future__ import annotations

import platform
from types import MappingProxyType

AUDIT_ARCH = MappingProxyType({"x86_64": 0xC000003E, "aarch64": 0xC00000B7})
"""What the kernel calls each architecture in a filter's data."""

LAST_KNOWN = 466
"""Calls above this number are newer than these tables and refused as absent."""

NETWORK = """
socket 41 198, connect 42 203, bind 49 200, listen 50 201, accept 43 202, accept4 288 242
"""
OTHER_PROCESSES = """
ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271, kcmp 312 272,
pidfd_open 434 434, pidfd_getfd 438 438, pidfd_send_signal 424 424, process_madvise 440 440,
process_mrelease 448 448, migrate_pages 256 238, move_pages 279 239, perf_event_open 298 241,
setpriority 141 140, ioprio_set 251 30, tkill 200 130
"""
KERNEL_SURFACE = """
bpf 321 280, io_uring_setup 425 425, io_uring_enter 426 426, io_uring_register 427 427,
userfaultfd 323 282, keyctl 250 219, add_key 248 217, request_key 249 218, syslog 103 116,
lookup_dcookie 212 18, uselib 134 -, modify_ldt 154 -, iopl 172 -, ioperm 173 -, _sysctl 156 -,
lsm_set_self_attr 460 460
"""
MOUNTS_AND_NAMESPACES = """
mount 165 40, umount2 166 39, pivot_root 155 41, chroot 161 51, setns 308 268, unshare 272 97,
open_tree 428 428, move_mount 429 429, fsopen 430 430, fsconfig 431 431, fsmount 432 432,
fspick 433 433, mount_setattr 442 442, statmount 457 457, listmount 458 458, swapon 167 224,
swapoff 168 225, quotactl 179 60, quotactl_fd 443 443
"""
MACHINE = """
reboot 169 142, kexec_load 246 104, kexec_file_load 320 294, init_module 175 105,
finit_module 313 273, delete_module 176 106, acct 163 89, settimeofday 164 170,
clock_settime 227 112, clock_adjtime 305 266, adjtimex 159 171, vhangup 153 58,
sethostname 170 161, setdomainname 171 162
"""
SHARED_MEMORY = """
shmget 29 194, shmat 30 196, shmctl 31 195, semget 64 190, semop 65 193, semctl 66 191,
semtimedop 220 192, msgget 68 186, msgsnd 69 189, msgrcv 70 188, msgctl 71 187, mq_open 240 180,
mq_unlink 241 181, memfd_create 319 279, memfd_secret 447 447
"""
# Landlock does not govern these: without a filter an owner's files could be locked or opened up.
FILE_ATTRIBUTES = """
chmod 90 -, fchmod 91 52, fchmodat 268 53, fchmodat2 452 452, chown 92 -, fchown 93 55,
lchown 94 -, fchownat 260 54, setxattr 188 5, lsetxattr 189 6, fsetxattr 190 7,
setxattrat 463 463, removexattr 197 14, lremovexattr 198 15, fremovexattr 199 16,
removexattrat 466 466, utime 132 -, utimes 235 -, futimesat 261 -, utimensat 280 88
"""
FILE_HANDLES = """
open_by_handle_at 304 265, name_to_handle_at 303 264, fanotify_init 300 262, fanotify_mark 301 263
"""
PROCESS_START = """
execve 59 221, execveat 322 281, fork 57 -, vfork 58 -
"""
FILE_CHANGES = """
creat 85 -, truncate 76 45, mkdir 83 -, mkdirat 258 34, rmdir 84 -, unlink 87 -, unlinkat 263 35,
rename 82 -, renameat 264 38, renameat2 316 276, link 86 -, linkat 265 37, symlink 88 -,
symlinkat 266 36, mknod 133 -, mknodat 259 33, openat2 437 437
"""
JUDGED_BY_ARGUMENT = """
open 2 -, openat 257 56, clone 56 220, clone3 435 435, kill 62 129, tgkill 234 131,
rt_sigqueueinfo 129 138, rt_tgsigqueueinfo 297 240, prlimit64 302 261, sched_setaffinity 203 122,
sched_setscheduler 144 119, sched_setparam 142 118, sched_setattr 314 274, personality 135 92,
prctl 157 167, ioctl 16 29, fcntl 72 25
"""
OWN_USE = """
seccomp 317 277, landlock_create_ruleset 444 444, landlock_add_rule 445 445,
landlock_restrict_self 446 446
"""

ALWAYS_REFUSED = (
    NETWORK,
    OTHER_PROCESSES,
    KERNEL_SURFACE,
    MOUNTS_AND_NAMESPACES,
    MACHINE,
    SHARED_MEMORY,
    FILE_ATTRIBUTES,
    FILE_HANDLES,
)


def numbers(table: str, machine: str | None = None) -> dict[str, int]:
    """The calls of one group that this architecture has, by name.

    Args:
        table: One of this module's groups.
        machine: `x86_64` or `aarch64`; None for the one this process runs on.
    """
    column = list(AUDIT_ARCH).index(machine or platform.machine())
    rows = (entry.split() for entry in table.split(","))
    return {name: int(both[column]) for name, *both in rows if both[column] != "-"}


def is_known_machine() -> bool:
    """Whether there is a table for this processor."""
    return platform.machine() in AUDIT_ARCH
