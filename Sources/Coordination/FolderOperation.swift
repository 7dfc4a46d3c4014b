/// Something that was done to a file of a run's folder, or to the folder.
public struct FolderOperation: Equatable, Sendable, CustomStringConvertible {
  enum Kind: Equatable {
    case made
    /// How long that took, in milliseconds.
    case locked(after: Double)
    /// Written under another name, and renamed into place.
    case published(bytes: Int)
    /// Written in place: a lock's file says who holds it.
    case signed(bytes: Int)
    case removed
  }

  let path: String
  let kind: Kind

  public var description: String {
    switch kind {
    case .made: "made \(path)"
    case .locked(let milliseconds): "locked \(path) after \((milliseconds * 100).rounded() / 100) ms"
    case .published(let bytes): "written and renamed: \(path), \(bytes) bytes"
    case .signed(let bytes): "written: \(path), \(bytes) bytes"
    case .removed: "removed \(path)"
    }
  }
}

/// Whoever follows what is done in a run's folder; called right afterwards.
public typealias FolderObserver = (FolderOperation) -> Void
