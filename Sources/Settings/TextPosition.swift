/// A place in a text: columns count Unicode scalars, as TOMLKit's do.
struct TextPosition: Equatable {
  /// From 1.
  var line = 1
  /// From 1.
  var column = 1
}
