//===- CrashReport.cpp - Names and lines of a crash -----------------------===//

#include "crash/CrashReport.h"
#include "crash/CrashRecord.h"
#include "crash/FrameNames.h"
#include "support/Diagnostics.h"
#include "support/Log.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstring>

using namespace llvm;
using namespace nextframe;

namespace {

/// Takes a record apart; what is cut short is missing.
class Reader {
public:
  explicit Reader(StringRef Rest) : Rest(Rest) {}

  template <typename T> T take() {
    T Value{};
    if (Rest.size() >= sizeof(T))
      std::memcpy(&Value, Rest.data(), sizeof(T));
    Rest = Rest.drop_front(std::min(Rest.size(), sizeof(T)));
    return Value;
  }
  StringRef takeBytes(size_t Size) {
    StringRef Bytes = Rest.take_front(Size);
    Rest = Rest.drop_front(Bytes.size());
    return Bytes;
  }
  StringRef rest() const { return Rest; }

private:
  StringRef Rest;
};

} // namespace

static std::string headline(const CrashHead &Head) {
  std::string Where;
  if (Head.HasAddress)
    Where += formatv(" at address {0:x}", Head.FaultAddress);
  if (!Head.IsMainThread)
    Where += formatv(", in thread '{0}'", StringRef(Head.Thread));
  std::string Name = (Twine("SIG") + sigabbrev_np(Head.Signal)).str();
  return message(Head.IsHostThread ? diag::crash_of_host : diag::crash_of_program, Name,
                 sigdescr_np(Head.Signal), Where);
}

/// The frames outside of main say how jit_host calls it, which is no news.
static size_t countOfInterest(ArrayRef<FrameNames::Described> Frames) {
  for (size_t N = Frames.size(); N != 0; --N)
    if (Frames[N - 1].IsProgram)
      return N;
  return Frames.size();
}

int nextframe::reportCrash(int File, StringRef SourceDir) {
  auto Record = MemoryBuffer::getOpenFile(sys::fs::convertFDToNativeFile(File), "crash",
                                          /*FileSize=*/-1, /*RequiresNullTerminator=*/false);
  if (!Record || (*Record)->getBufferSize() < sizeof(CrashHead))
    return 1; // Somebody else called this.
  Reader From((*Record)->getBuffer());
  auto Head = From.take<CrashHead>();
  std::vector<CrashFrame> Frames;
  for (size_t N = 0; N != Head.keptFrames(); ++N)
    Frames.push_back(From.take<CrashFrame>());
  std::vector<StringRef> Files;
  for (size_t N = 0; N != Head.Files; ++N)
    Files.push_back(From.takeBytes(From.take<size_t>()));

  FrameNames Names(Files, From.rest(), SourceDir);
  std::vector<FrameNames::Described> Described;
  for (const CrashFrame &F : Frames)
    Described.push_back(Names.describe(F.lookUp()));
  std::string Text;
  size_t Number = 0;
  for (size_t N = 0; N != countOfInterest(Described); ++N) {
    if (N == CrashHead::Innermost && Head.leftOut() > 0) {
      Text += formatv("  … {0} frames\n", Head.leftOut());
      Number += Head.leftOut();
    }
    for (const std::string &Line : Described[N].Lines)
      Text += formatv("  #{0} {1}\n", Number++, Line);
  }
  say(Tone::Error, headline(Head));
  sayRaw(Text);
  return 0;
}
