using System.Runtime.InteropServices;

namespace MammutScale.Processes;

/// <summary>
/// Ends this process at once when the process that started it is gone, however it went. A pidfd is watched instead of asking
/// for PR_SET_PDEATHSIG: that signal comes when the parent's <em>thread</em> ends that called fork, and in .NET this is often a
/// pool thread which retires while the process lives on.
/// </summary>
internal static partial class ParentProcess
{
    private const int PidfdOpen = 434;
    private const int NoSuchProcess = 3;
    private const int Interrupted = 4;
    private const int Kill = 9;
    private const short Readable = 1;

    /// <summary>Returns at once; a background thread waits. A parent that is already gone ends this process here.</summary>
    public static void EndWith(int parentPid)
    {
        var descriptor = (int)Syscall(PidfdOpen, parentPid, 0);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == NoSuchProcess) EndNow();
            throw new InvalidOperationException($"Cannot watch the parent process {parentPid}: {Marshal.GetPInvokeErrorMessage(error)}.");
        }

        new Thread(() => Wait(descriptor)) { IsBackground = true, Name = "parent watch" }.Start();
    }

    private static void Wait(int descriptor)
    {
        var watched = new PollDescriptor { Descriptor = descriptor, Events = Readable };
        while (true)
        {
            var count = Poll(ref watched, 1, -1);
            if (count > 0) EndNow();
            if (count < 0 && Marshal.GetLastPInvokeError() != Interrupted) return;
        }
    }

    // not Environment.Exit: it would wait for finalizers while native threads still compute
    private static void EndNow() => SendSignal(Environment.ProcessId, Kill);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Syscall(long number, long first, long second);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollDescriptor descriptors, ulong count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
