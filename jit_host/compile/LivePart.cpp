//===- LivePart.cpp - Code of bodies in a kept syntax tree ----------------===//

#include "compile/LivePart.h"
#include "compile/ClangSetup.h"
#include "compile/DerivedNoThrow.h"
#include "compile/SiblingNumbers.h"
#include "ir/Names.h"
#include "ir/Promote.h"
#include "ir/TypedAllocations.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/CodeGen/BackendUtil.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/TimeProfiler.h"

using namespace llvm;
using namespace nextframe;

namespace {

/// Says of what clang would make code which the program has already.
class ProgramSymbols {
public:
  ProgramSymbols(LiveAst &Live, const FactIndex &Known, StringRef Tag,
                 ArrayRef<LiveAst::Body> Edited);

  bool has(const clang::Decl &D);
  /// Whether \p D is made of what is local to an edited function.
  bool isOfEdited(const clang::Decl &D);

private:
  bool look(const clang::Decl &D);
  ArrayRef<std::string> symbols(const clang::Decl &D);
  bool isOfEdited(StringRef Name) const;

  LiveConsumer &Consumer;
  DenseMap<const clang::Decl *, bool> Looked;

  const FactIndex &Known;
  StringRef Tag;
  clang::ASTNameGenerator Names;
  /// How the edited functions are named inside of other names; empty: can't be told.
  std::vector<std::string> Edited;
};

/// Says which classes the debug information of a whole unit describes.
class DescribedTypes {
public:
  DescribedTypes(clang::ASTContext &Ctx, const CompiledUnit &Whole)
      : Ctx(Ctx), Names(Ctx.createMangleContext()), Whole(Whole) {}

  bool has(const clang::RecordDecl &R) {
    auto [It, IsNew] = Looked.try_emplace(R.getCanonicalDecl(), false);
    if (IsNew)
      It->second = look(R);
    return It->second;
  }

private:
  bool look(const clang::RecordDecl &R);

  clang::ASTContext &Ctx;
  std::unique_ptr<clang::MangleContext> Names;
  const CompiledUnit &Whole;
  DenseMap<const clang::Decl *, bool> Looked;
};

/// Finds what code of a body names that only this file can define.
class BodyUses : public clang::RecursiveASTVisitor<BodyUses> {
public:
  SetVector<clang::VarDecl *> Variables;
  std::string Doubt;

  bool VisitDeclRefExpr(clang::DeclRefExpr *E) { return use(*E->getDecl()); }
  bool VisitMemberExpr(clang::MemberExpr *E) { return use(*E->getMemberDecl()); }
  bool VisitTagDecl(clang::TagDecl *T);

private:
  bool use(clang::ValueDecl &D);
};

} // namespace

ProgramSymbols::ProgramSymbols(LiveAst &Live, const FactIndex &Known, StringRef Tag,
                               ArrayRef<LiveAst::Body> Bodies)
    : Consumer(Live.consumer()), Known(Known), Tag(Tag), Names(Live.context()) {
  for (const LiveAst::Body &B : Bodies) {
    const clang::IdentifierInfo *Id = B.F->getIdentifier();
    Edited.push_back(Id ? std::to_string(Id->getLength()) + Id->getName().str() : "");
  }
}

/// Lambdas of an edited function may have the names of those that it had, and so have the
/// instances that are made of them.
bool ProgramSymbols::isOfEdited(StringRef Name) const {
  return Name.drop_front(std::min<size_t>(2, Name.size())).contains('Z') &&
         any_of(Edited, [&](StringRef Part) { return Name.contains(Part); });
}

ArrayRef<std::string> ProgramSymbols::symbols(const clang::Decl &D) {
  std::vector<std::string> &Result = Consumer.Symbols[&D];
  if (!Result.empty())
    return Result;
  if (isa<clang::CXXConstructorDecl>(D) || isa<clang::CXXDestructorDecl>(D))
    Result = Names.getAllManglings(&D);
  else
    Result = {Names.getName(&D)};
  return Result;
}

bool ProgramSymbols::isOfEdited(const clang::Decl &D) {
  return any_of(symbols(D), [&](StringRef Name) { return isOfEdited(Name); });
}

bool ProgramSymbols::has(const clang::Decl &D) {
  if (auto It = Looked.find(&D); It != Looked.end())
    return It->second;
  return Looked[&D] = look(D);
}

bool ProgramSymbols::look(const clang::Decl &D) {
  const StringMap<uint32_t> &Of = isa<clang::VarDecl>(D) ? Known.Variables : Known.Functions;
  return all_of(symbols(D), [&](StringRef Name) {
    return !isOfEdited(Name) && (Of.contains(Name) || Of.contains(localName(Name, Tag)));
  });
}

/// (As clang names types in debug information.)
bool DescribedTypes::look(const clang::RecordDecl &R) {
  if (!R.isExternallyVisible() || !isa<clang::CXXRecordDecl>(R))
    return false;
  SmallString<128> Identifier;
  raw_svector_ostream OS(Identifier);
  Names->mangleCanonicalTypeName(Ctx.getCanonicalTagType(&R), OS);
  return binary_search(Whole.DescribedTypes, hashIdentifier(Identifier));
}

bool BodyUses::use(clang::ValueDecl &D) {
  auto *V = dyn_cast<clang::VarDecl>(&D);
  if (!V || !V->hasGlobalStorage() || V->isStaticLocal())
    return true;
  if (V->getTLSKind() != clang::VarDecl::TLS_None)
    Doubt = "it uses a variable of each thread";
  clang::VarDecl *Definition = V->getDefinition();
  if (Definition && (!V->isExternallyVisible() || Definition->isInline()))
    Variables.insert(Definition);
  return true;
}

/// clang counts them as they come, and this may be their second time.
bool BodyUses::VisitTagDecl(clang::TagDecl *T) {
  if (T->getIdentifier() && T->getASTContext().getManglingNumber(T) > 1)
    Doubt = "it has types of its own";
  return true;
}

/// Declares the functions in the module: what clang concludes from their bodies must be told
/// from what it knows of them before (see DerivedNoThrow).
static void declare(clang::CodeGenerator &Code, ArrayRef<LiveAst::Body> Bodies) {
  auto Declare = [&](clang::GlobalDecl D) { Code.GetAddrOfGlobal(D, /*isForDefinition=*/false); };
  for (const LiveAst::Body &B : Bodies) {
    if (auto *Made = dyn_cast<clang::CXXConstructorDecl>(B.F)) {
      Declare({Made, clang::Ctor_Base});
      Declare({Made, clang::Ctor_Complete});
    } else if (auto *Gone = dyn_cast<clang::CXXDestructorDecl>(B.F)) {
      Declare({Gone, clang::Dtor_Base});
      Declare({Gone, clang::Dtor_Complete});
    } else {
      Declare(clang::GlobalDecl(B.F));
    }
  }
}

/// Has clang make a module of the bodies and of what they need: \p Before counts what was
/// made before they were parsed.
static std::unique_ptr<Module> generate(const CompileJob &Job, LiveAst &Live,
                                        const CompiledUnit &Base, ArrayRef<LiveAst::Body> Bodies,
                                        ArrayRef<clang::VarDecl *> Variables,
                                        ProgramSymbols &Program, size_t Before,
                                        DerivedNoThrow &NoThrow, LLVMContext &Ctx) {
  TimeTraceScope Trace("Make IR");
  clang::CompilerInstance &CI = Live.compiler();
  std::unique_ptr<clang::CodeGenerator> Code = clang::CreateLLVMCodeGen(CI, Job.Command.File, Ctx);
  Code->Initialize(CI.getASTContext());
  // (As a whole compile: see makeNoThrowEraser().)
  auto EraseNoThrow = [&] {
    if (CI.getLangOpts().CXXExceptions)
      NoThrow.erase(*Code->GetModule());
  };
  DescribedTypes Described(CI.getASTContext(), Base);
  Live.consumer().IsDescribed = [&](const clang::RecordDecl &R) { return Described.has(R); };
  declare(*Code, Bodies);
  EraseNoThrow();
  auto Give = [&](clang::Decl &D) {
    if (Program.has(D))
      return;
    auto *V = dyn_cast<clang::VarDecl>(&D);
    if (V && V->isStaticDataMember() && V->getInstantiatedFromStaticDataMember())
      Code->HandleCXXStaticMemberVarInstantiation(V);
    else
      Code->HandleTopLevelDecl(clang::DeclGroupRef(&D));
  };
  // What was made for earlier bodies of these functions may have the same names.
  std::vector<clang::Decl *> Made = Live.consumer().Made;
  for (size_t I = 0; I != Made.size(); ++I)
    if (I >= Before || !Program.isOfEdited(*Made[I]))
      Give(*Made[I]);
  Live.consumer().OnMade = Give;
  Live.consumer().IsThere = [&](const clang::FunctionDecl &F) {
    EraseNoThrow(); // clang asks right before it emits a function.
    return none_of(Bodies, [&](const LiveAst::Body &B) { return B.F == &F; }) && Program.has(F);
  };
  for (clang::VarDecl *V : Variables)
    Code->HandleTopLevelDecl(clang::DeclGroupRef(V));
  for (const LiveAst::Body &B : Bodies)
    Code->HandleTopLevelDecl(clang::DeclGroupRef(B.F));
  Code->HandleTranslationUnit(CI.getASTContext());
  Live.consumer().OnMade = nullptr;
  Live.consumer().IsThere = nullptr;
  Live.consumer().IsDescribed = nullptr;
  return std::unique_ptr<Module>(Code->ReleaseModule());
}

/// The pass pipeline is the one of a whole compile.
static void optimise(clang::CompilerInstance &CI, Module &M, std::function<void(Module &)> First) {
  TimeTraceScope Trace("Passes");
  CI.getCodeGenOpts().PassBuilderCallbacks.clear();
  runFirst(CI.getInvocation(), std::move(First));
  clang::emitBackendOutput(CI, CI.getCodeGenOpts(), CI.getTarget().getDataLayoutString(), &M,
                           clang::Backend_EmitNothing, CI.getVirtualFileSystemPtr(), nullptr);
}

std::unique_ptr<CompiledUnit> nextframe::compileLivePart(const CompileJob &Job, LiveAst &Live,
                                                         const CompiledUnit &Base,
                                                         std::vector<LiveAst::Body> &Bodies,
                                                         const SiblingFamilies &Known,
                                                         std::string &Why) {
  std::string Tag = unitTag(Job.LocalTo);
  clang::CompilerInstance &CI = Live.compiler();
  clang::ASTContext &Tree = CI.getASTContext();
  auto Part = std::make_unique<CompiledUnit>();
  auto RangeOf = [&](const clang::FunctionDecl &F) { return Live.rangeOf(F); };
  auto Numbering = makeSiblingNumbering(Known, Part->Siblings, Tag, RangeOf);
  Numbering->Initialize(Tree);
  size_t Before = Live.consumer().Made.size();
  BodyUses Uses;
  std::vector<clang::Decl *> Decls;
  for (LiveAst::Body &B : Bodies) {
    if (!Live.parse(B)) {
      for (const SourceDiagnostic &D : Live.takeDiagnostics())
        if (Why.empty() && StringRef(D.Severity).contains("error"))
          Why = D.Message;
      if (Why.empty())
        Why = "a body ends where the text doesn't say so";
      return nullptr;
    }
    Numbering->HandleTopLevelDecl(clang::DeclGroupRef(B.F));
    Uses.TraverseDecl(B.F);
    Decls.push_back(B.F);
    Why = B.IsOfHeader ? doubtInHeader(*B.F, B.Place, B.Text) : Live.later().doubtTypes(*B.F);
    if (Why.empty())
      Why = Uses.Doubt;
    if (!Why.empty())
      return nullptr;
  }
  ProgramSymbols Program(Live, Base.Index, Tag, Bodies);
  Live.instantiate([&](const clang::Decl &D) { return Program.has(D); });
  if (CI.getDiagnostics().hasErrorOccurred())
    return nullptr;

  append_range(Decls, ArrayRef(Live.consumer().Made).drop_front(Before));
  append_range(Decls, Uses.Variables);
  SourceFacts Source;
  {
    TimeTraceScope Trace("Source facts");
    Source = readDeclFacts(Tree, Decls);
    Live.types().update();
    append_range(Source.Hidden, Live.newHidden());
  }
  LLVMContext Ctx;
  Ctx.setDiscardValueNames(true);
  DerivedNoThrow NoThrow;
  std::unique_ptr<Module> M = generate(Job, Live, Base, Bodies, Uses.Variables.getArrayRef(),
                                       Program, Before, NoThrow, Ctx);
  if (!M || CI.getDiagnostics().hasErrorOccurred())
    return nullptr;
  optimise(CI, *M, [&](Module &M) {
    NoThrow.erase(M);
    typeAllocations(M, Live.types().blockTypes(), Source);
    promote(M, Tag);
    nameLocalDeclarations(M, Tag, Base.Index);
  });
  TimeTraceScope Trace("Facts", Job.File);
  Part->Facts = collectFacts(*M, Tag, std::move(Source));
  raw_svector_ostream OS(Part->Bitcode);
  WriteBitcodeToFile(*M, OS);
  return Part;
}
