package catalogue

// fresh are the mutants that were written after the scenarios, to see whether these generalise. They are in no
// family's file, so that what became of them can be told apart.
var fresh []Entry
