//===- SignalStack.h - Where a thread handles signals when its stack is full =//

#ifndef NEXTFRAME_SUPPORT_SIGNALSTACK_H
#define NEXTFRAME_SUPPORT_SIGNALSTACK_H

namespace nextframe {

/// Gives the calling thread a stack for signal handlers until it ends, unless it has
/// one. Does nothing where there is no memory. (The memory is mapped: thread-local, it
/// would be taken from the stack of every thread, and small ones could not be made.)
void provideSignalStack();

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_SIGNALSTACK_H
