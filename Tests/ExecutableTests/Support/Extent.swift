import Glibc

/// How much the tests run: `make test` a part, in which each release, way and mode occurs somewhere; `make test-all`
/// everything.
enum Extent {
  static let isAll = getenv("TESTMON_XDIST_TEST_ALL") != nil

  /// All values, or the part of them that `make test` runs.
  static func of<Value>(_ all: [Value], part: [Value]) -> [Value] { isAll ? all : part }

  /// All pairs; or no more than it takes to have each value in one.
  static func pairs<First, Second>(_ first: [First], _ second: [Second]) -> [(First, Second)] {
    if isAll { return first.flatMap { one in second.map { (one, $0) } } }
    return (0..<max(first.count, second.count)).map { (first[$0 % first.count], second[$0 % second.count]) }
  }
}
