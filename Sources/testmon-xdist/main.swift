import Commands
import Glibc
import Platform

exit(Program.run(CurrentProcess.arguments))
