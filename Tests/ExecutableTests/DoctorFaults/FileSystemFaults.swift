import Glibc
import Testing

/// What can be wrong with folders, disks and limits.
extension Fault {
  static let fileSystem: [Fault] = [
    Fault(
      "proc", "/proc isn't mounted", says: ["/proc isn't mounted"],
      cure: .hand { patient, _ in patient.shell.prelude = "" }, isPossible: Patient.canIsolate
    ) { $0.isolate("mount -t tmpfs none /proc") },
    Fault(
      "file-system", "the data file on a network file system", .warning, says: ["(fuse)"], cure: .paste,
      isPossible: Patient.canIsolate && access("/dev/fuse", R_OK | W_OK) == 0
    ) {
      try $0.addDataFolder("shared")
      try $0.project.write(fuse, to: "\($0.project.home)/fuse.py")
      $0.isolate("coproc exec \($0.project.environment)/bin/python $HOME/fuse.py shared && read -u ${COPROC[0]}")
    },
    Fault("project-folder", "it may not be written", says: ["mode 500"], cure: .paste) {
      try $0.addDataFolder("data")
      try $0.bind()
      chmod($0.project.rootdir, 0o500)
    },
    Fault("cache-folder", "it may not be written", .warning, says: ["mode 500"], cure: .paste) {
      try $0.addFolder(".pytest_cache", mode: 0o500)
      try $0.bind()
    },
    Fault(
      "cache-folder", "it is somebody else's", .warning, says: ["belongs to root"], cure: .paste,
      isPossible: Patient.isRoot
    ) {
      try $0.addFolder(".pytest_cache")
      try $0.bind()
      $0.giveAway(".pytest_cache", mode: 0o755)
    },
    Fault("cache-folder", "a file in its place", .warning, says: ["is no folder"], cure: .paste) {
      try $0.project.write("", to: ".pytest_cache")
    },
    Fault(
      "cache-folder", "cache_dir is /dev/null", .warning, says: ["/dev/null is no folder"],
      cure: .hand { patient, next in
        #expect(next.hasPrefix("name a folder in cache_dir, in pytest.ini, "), "\(next)")
        try patient.configure()
      }
    ) {
      try $0.configure("cache_dir = /dev/null")
    },
    Fault(
      "disk-space", "a full disk", says: ["No space left"], cure: makeRoom("data/other"),
      isPossible: Patient.canIsolate
    ) {
      try $0.addDataFolder("data")
      $0.isolate("mount -t tmpfs -o size=20m none data; head -c 30M /dev/zero >data/other 2>/dev/null")
    },
    Fault(
      "disk-space", "a disk that is nearly full", .warning, says: ["are free"], cure: makeRoom("data/other"),
      isPossible: Patient.canIsolate
    ) {
      try $0.addDataFolder("data")
      $0.isolate("mount -t tmpfs -o size=20m none data; head -c 10M /dev/zero >data/other")
    },
    Fault(
      "disk-space", "a disk that takes no more files", says: ["no more files"], cure: makeRoom("data/2"),
      isPossible: Patient.canIsolate
    ) {
      try $0.addDataFolder("data")
      $0.isolate("mount -t tmpfs -o size=99m,nr_inodes=3 none data; touch data/1 data/2")
    },
    Fault("temporary-folder", "TMPDIR isn't there", .warning, says: ["isn't there"], cure: .paste) {
      $0.project.variables["TMPDIR"] = "\($0.project.home)/no where"
    },
    Fault("temporary-folder", "TMPDIR may not be written", .warning, says: ["mode 500"], cure: .paste) {
      try $0.addFolder("temporary", mode: 0o500)
      $0.project.variables["TMPDIR"] = $0.project.path("temporary")
      try $0.bind()
    },
    Fault(
      "inotify", "all instances are in use", .warning, says: ["max_user_instances"],
      // The limit that it names is the whole machine's.
      cure: .hand { patient, next in
        #expect(next.contains("sysctl fs.inotify.max_user_instances="))
        patient.shell.prelude = ""
      }, isPossible: Patient.canIsolate
    ) { $0.isolate("echo 0 >/proc/sys/user/max_inotify_instances") },
    Fault("open-files", "a low limit", .warning, says: ["only 100 files"], cure: .paste) {
      $0.shell.prelude = "ulimit -Sn 100"
    },
    // Another user has no other processes, and tests none that would be refused.
    Fault("processes", "a low limit", .warning, says: ["you may have 20"], cure: .paste, isPossible: Patient.isRoot) {
      try $0.bind()
      $0.shell.prelude = "ulimit -Su 20"
    },
    Fault("file-size", "a low limit", .warning, says: ["no file may be larger"], cure: .paste) {
      $0.shell.prelude = "ulimit -Sf 1000"
    },
  ]

  private static func makeRoom(_ file: String) -> Cure {
    .hand { patient, next in
      #expect(next.hasPrefix("df -h "))
      patient.shell.prelude += "; rm \(file)"
    }
  }

  /// An empty folder by FUSE, as sshfs, and the folders that virtual machines share, are made.
  private static let fuse = """
    import ctypes, os, struct, sys

    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(1, 9)  # it ends with the shell that has started it
    device = os.open("/dev/fuse", os.O_RDWR)
    options = "fd=%d,rootmode=40000,user_id=0,group_id=0" % device
    if libc.mount(b"fuse", sys.argv[1].encode(), b"fuse.trial", 0, options.encode()) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
    LOOKUP, FORGET, GETATTR, STATFS, INIT, OPENDIR, READDIR, RELEASEDIR, BATCH_FORGET = 1, 2, 3, 17, 26, 27, 28, 29, 42
    # <https://github.com/torvalds/linux/blob/master/include/uapi/linux/fuse.h>
    answers = {
        INIT: struct.pack("<4I2H8I", 7, 31, 0, 0, 0, 0, 4096, 1, 0, 0, 0, 0, 0, 0).ljust(64, b"\\0"),
        GETATTR: struct.pack("<QII", 0, 0, 0) + struct.pack("<6Q10I", 1, *[0] * 8, 0o40700, 2, 0, 0, 0, 4096, 0),
        STATFS: struct.pack("<5Q4I6I", 1 << 20, 1 << 19, 1 << 19, 1 << 10, 1 << 9, 4096, 255, 4096, 0, *[0] * 6),
        OPENDIR: struct.pack("<QII", 0, 0, 0),
        READDIR: b"",
        RELEASEDIR: b"",
    }
    print("mounted", flush=True)
    while True:
        _, opcode, unique = struct.unpack_from("<IIQ", os.read(device, 1 << 18))
        if opcode not in (FORGET, BATCH_FORGET):
            error = 0 if opcode in answers else 2 if opcode == LOOKUP else 38
            answer = answers.get(opcode, b"")
            os.write(device, struct.pack("<IiQ", 16 + len(answer), -error, unique) + answer)
    """
}
