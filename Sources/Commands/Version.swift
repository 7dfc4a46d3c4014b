/// The version of testmon-xdist: the wheel, the man page and `--version` all read it here.
let version = "0.1.0"
