//===- Facts.h - What is known about a compiled translation unit ----------===//
//
// The compiler makes facts, the plan compares them, and the linker acts on
// what the plan says. They are plain values without clang, LLVM IR or ORC, so
// that a plan can be tested with facts that a test wrote by hand.
//
// Every name in them is a symbol of the whole program: file-local functions and
// variables already carry their file (see ir/Names.h).
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_IR_FACTS_H
#define NEXTFRAME_IR_FACTS_H

#include "ir/VTableParts.h"
#include "support/ValueShape.h"

#include <cstdint>
#include <string>
#include <vector>

namespace nextframe {

/// How a definition competes with others of the same name, as for a static
/// linker: one strong definition wins over weak ones, two are an error.
enum class Binding : uint8_t { Strong, Weak };

/// An index into UnitFacts::Symbols.
using SymbolIndex = uint32_t;

/// An index into UnitFacts::Types.
using TypeIndex = uint32_t;

/// Objects of one of the program's own types inside something larger: as a field,
/// a base, an element, an element's field, and so on.
struct ContainedRecord {
  TypeIndex Type = 0;
  uint64_t Count = 0;
  bool operator==(const ContainedRecord &) const = default;
};

struct FunctionFacts {
  std::string Name;
  Binding Bind = Binding::Strong;
  /// Over everything that can change what the function does: see ir/BodyHash.h.
  uint64_t Hash = 0;
  /// The functions and variables that its body names, itself left out.
  std::vector<SymbolIndex> References;
  /// Where its source stands, for messages; empty without debug info.
  std::string File;
  unsigned Line = 0;
  /// Over the places in the source that its code comes from; 0 without debug info.
  uint64_t Lines = 0;
  /// Whether it makes calls in a loop, and so may be in one for long.
  bool CallsInLoop = false;
  /// Over how it is called: the types of its arguments and result as passed.
  uint64_t Signature = 0;
  /// The program's own types whose layout its code may depend on: with an optimiser, also
  /// by what it leads to in its unit (ir/InlinedTypes.h). Not known of a library's templates.
  std::vector<TypeIndex> Types;
  bool TypesKnown = false;
};

/// What a variable is for; decides how an edit of it is treated.
enum class DataKind : uint8_t {
  Variable, ///< The program's own: a global, a static member, a local static.
  Constant, ///< Named, visible to other files, never written.
  Literal,  ///< Named by its content: string literals, tables, file-local constants.
  Guard,    ///< The guard of a local static or an inline variable.
  VTable,   ///< Virtual table, VTT or construction table of a class.
  TypeInfo, ///< Typeinfo object or its name.
};

struct VariableFacts {
  std::string Name;
  Binding Bind = Binding::Strong;
  DataKind Kind = DataKind::Variable;
  bool ThreadLocal = false;
  uint64_t Size = 0;  ///< Bytes.
  uint64_t Align = 1; ///< Bytes.
  /// Over the initial content (for a Literal its name says the same).
  uint64_t ContentHash = 0;
  /// Over the LLVM type: changes with the layout, not with the type's name.
  uint64_t TypeHash = 0;
  /// As the source spells it ("std::vector<Enemy>"); empty where the variable
  /// is the compiler's own.
  std::string TypeName;
  /// What its bytes mean; of an Unknown kind where the source is not known.
  ValueShape Shape;
  /// The type without aliases, and an enumeration's underlying one, for messages.
  std::string Meaning;
  /// Over the text of a computed initialiser, without its type's conversion; 0 for
  /// a constant one.
  uint64_t InitialiserText = 0;
  /// Whether assigning its bytes anew is all that an initialiser does to it.
  bool TriviallyCopyable = false;
  /// What keeps it from being initialised anew, where it isn't trivially copyable.
  ValuePart NotPlain = {WhyNotPlain::Unknown, {}};
  std::vector<SymbolIndex> References;
  /// The section that it is put into, where a linker defines the bounds of that.
  std::string Section;
  /// The objects of the program's own types that it is, or holds. Of a VTable: its
  /// class and the bases of that.
  std::vector<ContainedRecord> Contents;
  /// Of a VTable: its class, by RecordFacts::key(); empty for a library's template.
  std::string Class;
  /// Of a VTable with address points: its parts. Empty for a VTT, and where the parts
  /// can't be told.
  std::vector<VTablePart> Parts;
};

/// A piece of code that the start of the program runs once, in this order.
struct InitialiserFacts {
  std::string Function;
  /// The variable that it gives a value; empty for
  /// __attribute__((constructor)) functions.
  std::string Variable;
  /// As in .init_array: lower first, 65535 by default.
  unsigned Priority = 65535;
};

/// Another name for a function or variable of the same unit.
struct AliasFacts {
  std::string Name;
  std::string Target;
  bool IsFunction = true;
  Binding Bind = Binding::Strong;
};

struct FieldFacts {
  std::string Name;
  std::string Type; ///< As the source spells it.
  /// What its bits mean: the type without aliases, an enum's underlying type, the
  /// width of a bit-field.
  std::string Meaning;
  uint64_t OffsetBits = 0;
};

/// The layout of one class, struct or union that the program itself defines.
struct RecordFacts {
  std::string Name;
  /// C's types, and those of an unnamed namespace, are each file's own; of others
  /// there is one of a name in a program.
  bool Local = false;
  uint64_t Size = 0;  ///< Bytes.
  uint64_t Align = 1; ///< Bytes.
  std::vector<FieldFacts> Fields;
  /// Whether it has a pointer to a virtual table.
  bool Dynamic = false;
  /// The virtual functions that have a slot of their own, in the order of the table
  /// (those that only override one leave all slots as they are), and the bases.
  std::vector<std::string> Virtuals;
  std::vector<std::string> Bases;
  std::string File;
  unsigned Line = 0;

  /// The type by its name; one of a file's own by name and file.
  std::string key() const { return Local ? Name + '\n' + File : Name; }

  /// Over everything above but the place.
  uint64_t layoutHash() const;
};

/// A function to run at exit: __attribute__((destructor)).
struct FinaliserFacts {
  std::string Function;
  unsigned Priority = 65535; ///< Lower is later.
};

/// Returns the name of a type as the user wrote it, from its RecordFacts::key().
inline std::string typeName(const std::string &Key) { return Key.substr(0, Key.find('\n')); }

/// Why objects of a type may be where nobody can count them.
enum class Hiding : uint8_t {
  Placed,        ///< Made by a placement `new` of the program's own.
  OwnAllocation, ///< Made by an `operator new` of its class.
  Reinterpreted, ///< A pointer to other memory (characters, say) is cast to it.
  FromUntyped,   ///< A `void *` is cast to it: matters where untyped memory is alive.
  SmallBuffer,   ///< Kept inside a std::function, std::any, or the like.
  Resource,      ///< Made by a std::pmr container, in memory of its resource.
  Library,       ///< Handed to, or by, a function that the program doesn't define.
  MemberPointer, ///< No object: the slot of a virtual function is made a value.
};

/// A place in the source that makes or finds objects of a type in such a way.
struct HiddenObjects {
  TypeIndex Type = 0;
  Hiding How = Hiding::Placed;
  std::string File; ///< For Library: the function's symbol.
  unsigned Line = 0;
};

/// The assembly at the top level of a unit, and the symbols that it defines.
struct AssemblyFacts {
  std::string Text;
  std::vector<std::string> Defines;
};

struct UnitFacts {
  std::vector<std::string> Symbols;
  std::vector<FunctionFacts> Functions;
  std::vector<VariableFacts> Variables;
  std::vector<InitialiserFacts> Initialisers;
  std::vector<FinaliserFacts> Finalisers;
  std::vector<AliasFacts> Aliases;
  std::vector<RecordFacts> Records;
  /// The program's own types that the facts above name, by RecordFacts::key().
  std::vector<std::string> Types;
  std::vector<HiddenObjects> Hidden;
  AssemblyFacts Assembly;
};

} // namespace nextframe

#endif // NEXTFRAME_IR_FACTS_H
