import Glibc
import Testing

/// Workers behind a real sshd, with keys and a configuration of its own. `make test-ssh` runs these.
@Suite struct SSHServerTests {
  @Test(arguments: ["2.0.0", "2.0.13", "2.1.4", "2.2.0"], [Way.plugin, .wrapper])
  func workersBehindAServerRunTheRightTests(release: String, way: Way) throws {
    let project = try Project(release)
    try project.addRemoteStory()
    let (server, configuration) = try startServer(project)
    let spec = "ssh=remote//ssh_config=\(configuration)//python=\(project.environment)/bin/python"
    try project.runRemoteStory(way, ["--tx", "2*\(spec)"])
    server.send(SIGTERM)
    try server.finish()
  }

  /// An sshd on a free port of the loopback, and the file in which ssh finds it as `remote`.
  private func startServer(_ project: Project) throws -> (server: Process, configuration: String) {
    let folder = "\(project.home)/ssh"
    let remote = "\(project.home)/remote"
    try project.write("", to: "\(remote)/.profile")
    let port = try freePort()
    try project.write(
      """
      ListenAddress 127.0.0.1
      Port \(port)
      HostKey \(folder)/host
      AuthorizedKeysFile \(folder)/user.pub
      StrictModes no
      PidFile none
      ForceCommand /bin/sh \(folder)/session

      """, to: "\(folder)/sshd_config")
    // Not the home of whoever runs the tests.
    try project.write(
      """
      cd '\(remote)'
      exec env -i HOME='\(remote)' PATH=/usr/bin:/bin ELSEWHERE=yes sh -c "$SSH_ORIGINAL_COMMAND"

      """, to: "\(folder)/session")
    try project.write(
      """
      Host remote
        HostName 127.0.0.1
        Port \(port)
        IdentityFile \(folder)/user
        IdentitiesOnly yes
        UserKnownHostsFile \(folder)/known_hosts
        StrictHostKeyChecking accept-new
        BatchMode yes

      """, to: "\(folder)/ssh_config")
    for key in ["host", "user"] {
      let made = try project.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/\(key)"])
      try #require(made.status == 0, "\(made)")
    }
    let server = try project.start([Surroundings.sshServer, "-D", "-e", "-f", "\(folder)/sshd_config"])
    try server.waitForOutput("Server listening on 127.0.0.1 port \(port)")
    return (server, "\(folder)/ssh_config")
  }

  private func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) | getsockname(descriptor, $0, &size)
      }
    }
    try #require(result == 0, "no port is free")
    return UInt16(bigEndian: address.sin_port)
  }
}
