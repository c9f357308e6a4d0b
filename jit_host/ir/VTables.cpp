//===- VTables.cpp - Virtual tables in IR, and in homes with room ---------===//

#include "ir/VTables.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Operator.h"

using namespace llvm;
using namespace nextframe;

bool nextframe::isVTable(StringRef Symbol) {
  return Symbol.starts_with("_ZTV") || Symbol.starts_with("_ZTC");
}

bool nextframe::isVTT(StringRef Symbol) { return Symbol.starts_with("_ZTT"); }

/// Returns the number of slots of each part of \p G; none where it isn't laid out as
/// tables are (-fexperimental-relative-c++-abi-vtables, a library's dummy).
static SmallVector<size_t, 4> partSizes(const GlobalVariable &G) {
  SmallVector<size_t, 4> Sizes;
  auto *Parts = dyn_cast<StructType>(G.getValueType());
  if (!isVTable(G.getName()) || !Parts)
    return Sizes;
  for (Type *T : Parts->elements()) {
    auto *Slots = dyn_cast<ArrayType>(T);
    if (!Slots || !Slots->getElementType()->isPointerTy())
      return {};
    Sizes.push_back(Slots->getNumElements());
  }
  return Sizes;
}

/// Returns the slot of the address point in a part with \p Slots: the typeinfo, the
/// only slot that leads to data, is right before it.
static std::optional<size_t> findAddressPoint(const Constant &Part, size_t Slots, bool HasVTT) {
  for (size_t I = 0; I != Slots; ++I)
    if (isa<GlobalVariable>(Part.getAggregateElement(static_cast<unsigned>(I))->stripPointerCasts()))
      return I + 1;
  // Without typeinfo (-fno-rtti) its slot is null; only virtual bases have more before.
  constexpr size_t Fixed = 2;
  return HasVTT || Slots < Fixed ? std::nullopt : std::optional(Fixed);
}

std::vector<VTablePart> nextframe::partsOf(const GlobalVariable &G) {
  std::vector<VTablePart> Parts;
  StringRef Encoding = G.getName().drop_front(4 /* "_ZTV" */);
  bool HasVTT = G.getName().starts_with("_ZTC") ||
                G.getParent()->getNamedValue(("_ZTT" + Encoding).str()) != nullptr;
  for (auto [Index, Slots] : enumerate(partSizes(G))) {
    const Constant *Part = G.getInitializer()->getAggregateElement(static_cast<unsigned>(Index));
    std::optional<size_t> Point = findAddressPoint(*Part, Slots, HasVTT);
    if (!Point)
      return {};
    Parts.push_back({*Point, Slots - *Point});
  }
  return Parts;
}

/// Returns where in \p Table the address \p Offset bytes from its start is. \p Within is
/// an address of the same part: an address point may be at the part's end.
static VTablePlace placeAt(const GlobalVariable &Table, ArrayRef<size_t> Sizes, int64_t Offset,
                           int64_t Within) {
  constexpr int64_t SlotBytes = sizeof(void *);
  int64_t Start = 0;
  size_t Part = 0;
  for (; Part + 1 < Sizes.size(); ++Part) {
    int64_t End = Start + static_cast<int64_t>(Sizes[Part]) * SlotBytes;
    if (Within < End)
      break;
    Start = End;
  }
  return {&Table, Part, Offset - Start};
}

std::optional<VTablePlace> nextframe::placeIn(const ConstantExpr &E) {
  auto *Address = dyn_cast<GEPOperator>(&E);
  auto *Table = Address ? dyn_cast<GlobalVariable>(Address->getPointerOperand()) : nullptr;
  if (!Table)
    return std::nullopt;
  SmallVector<size_t, 4> Sizes = partSizes(*Table);
  const DataLayout &Layout = Table->getDataLayout();
  APInt Offset(Layout.getIndexTypeSizeInBits(E.getType()), 0);
  if (Sizes.empty() || !Address->accumulateConstantOffset(Layout, Offset))
    return std::nullopt;
  int64_t Bytes = Offset.getSExtValue(), Within = Bytes;
  if (std::optional<ConstantRange> Part = Address->getInRange())
    Within += Part->getLower().getSExtValue();
  return placeAt(*Table, Sizes, Bytes, Within);
}

namespace {

/// Lays out one table.
class TablePlacer {
public:
  TablePlacer(GlobalVariable &Table, const VTableHome &Home) : Table(Table), Home(Home) {}

  void run();

private:
  bool isAsInHome() const;
  Constant *addressOf(const VTablePlace &Place) const;
  Constant *content() const;

  GlobalVariable &Table;
  const VTableHome &Home;
  GlobalVariable *Placed = nullptr;
};

} // namespace

/// Whether the module's table has the parts that the home is for. (Another class of
/// that name, in a program that has two, may have others.)
bool TablePlacer::isAsInHome() const {
  SmallVector<size_t, 4> Sizes = partSizes(Table);
  return equal(Sizes, Home.Parts, [](size_t Slots, const VTablePart &Part) {
    return Slots == Part.Before + Part.After;
  });
}

Constant *TablePlacer::addressOf(const VTablePlace &Place) const {
  LLVMContext &Ctx = Table.getContext();
  int64_t Shift = static_cast<int64_t>(Home.Parts[Place.Part].Before * sizeof(void *));
  auto Point = static_cast<int64_t>(addressPoint(Home.Room, Place.Part) * sizeof(void *));
  return ConstantExpr::getGetElementPtr(
      Type::getInt8Ty(Ctx), Placed,
      ConstantInt::getSigned(Type::getInt64Ty(Ctx), Point + Place.Offset - Shift));
}

/// Returns the content with the parts around their address points, and null in the
/// slots to spare.
Constant *TablePlacer::content() const {
  auto *Slot = PointerType::getUnqual(Table.getContext());
  SmallVector<Constant *, 64> Slots(slotsIn(Home.Room), ConstantPointerNull::get(Slot));
  for (size_t P = 0; P != Home.Parts.size(); ++P) {
    size_t First = addressPoint(Home.Room, P) - Home.Parts[P].Before;
    Constant *Part = Table.getInitializer()->getAggregateElement(static_cast<unsigned>(P));
    for (size_t I = 0; I != Home.Parts[P].Before + Home.Parts[P].After; ++I)
      Slots[First + I] = Part->getAggregateElement(static_cast<unsigned>(I));
  }
  return ConstantArray::get(ArrayType::get(Slot, Slots.size()), Slots);
}

void TablePlacer::run() {
  if (!isAsInHome())
    return;
  auto *Type = ArrayType::get(PointerType::getUnqual(Table.getContext()), slotsIn(Home.Room));
  // Not a constant: the memory of a home is written to at a reload.
  Placed = new GlobalVariable(*Table.getParent(), Type, /*isConstant=*/false, Table.getLinkage(),
                              Table.hasInitializer() ? content() : nullptr, "", &Table);
  Placed->setAlignment(Align(sizeof(void *)));
  Placed->setDSOLocal(true);
  SmallVector<ConstantExpr *, 8> Addresses;
  for (User *U : Table.users())
    if (auto *E = dyn_cast<ConstantExpr>(U); E && !is_contained(Addresses, E) && placeIn(*E))
      Addresses.push_back(E);
  for (ConstantExpr *E : Addresses)
    E->replaceAllUsesWith(addressOf(*placeIn(*E)));
  Table.removeDeadConstantUsers();
  if (!Table.use_empty())
    Table.replaceAllUsesWith(addressOf({&Table, 0, 0}));
  Placed->takeName(&Table);
  Table.eraseFromParent();
}

void nextframe::placeVTables(Module &M, const VTableHomes &Homes) {
  for (GlobalVariable &G : make_early_inc_range(M.globals()))
    if (auto It = Homes.find(G.getName()); It != Homes.end())
      TablePlacer(G, It->second).run();
}
