/* SPDX-License-Identifier: MIT */
/* UNTESTED with .NET: compiled and run by Mono on Linux only. */
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Hyperprocess
{
    /// <summary>The functions of the shared library: all that this package knows of C.</summary>
    internal static class Native
    {
        private const string Library = "hyperprocess"; // libhyperprocess.so, hyperprocess.dll

        [DllImport(Library)] internal static extern IntPtr hp_code_name(int code);
        [DllImport(Library)] internal static extern int hp_error_code(IntPtr error);
        [DllImport(Library)] internal static extern int hp_error_phase(IntPtr error);
        [DllImport(Library)] internal static extern IntPtr hp_error_message(IntPtr error);
        [DllImport(Library)] internal static extern IntPtr hp_error_cause(IntPtr error);
        [DllImport(Library)] internal static extern IntPtr hp_error_hint(IntPtr error);
        [DllImport(Library)] internal static extern IntPtr hp_error_detail(IntPtr error, int detail);
        [DllImport(Library)] internal static extern int hp_error_os_code(IntPtr error);
        [DllImport(Library)] internal static extern void hp_error_free(IntPtr error);

        [DllImport(Library)] internal static extern int hp_options_new(out IntPtr options, ref IntPtr error);
        [DllImport(Library)] internal static extern void hp_options_free(IntPtr options);
        [DllImport(Library)] internal static extern int hp_options_set_server(IntPtr options, byte[] name, ref IntPtr error);
        [DllImport(Library)] internal static extern int hp_options_set_file(IntPtr options, byte[] path, ref IntPtr error);
        [DllImport(Library)] internal static extern int hp_options_set_profile(IntPtr options, byte[] name, ref IntPtr error);
        [DllImport(Library)] internal static extern int hp_options_set_transport(IntPtr options, byte[] spec, ref IntPtr error);
        [DllImport(Library)] internal static extern int hp_options_set_data_dir(IntPtr options, byte[] path, ref IntPtr error);
        [DllImport(Library)] internal static extern int hp_options_set_log_dir(IntPtr options, byte[] path, ref IntPtr error);
        [DllImport(Library)] internal static extern int hp_options_set_binary(IntPtr options, byte[] path, ref IntPtr error);
        [DllImport(Library)] internal static extern int hp_options_add_argument(IntPtr options, byte[] text, ref IntPtr error);
        [DllImport(Library)] internal static extern int hp_options_set_start_timeout(IntPtr options, long time, ref IntPtr error);
        [DllImport(Library)] internal static extern int hp_options_set(IntPtr options, byte[] name, byte[] value, ref IntPtr error);
        [DllImport(Library)] internal static extern int hp_options_set_environment(IntPtr options, byte[] name, byte[] value, ref IntPtr error);

        [DllImport(Library)] internal static extern int hp_context_new(out IntPtr context, ref IntPtr error);
        [DllImport(Library)] internal static extern int hp_context_free(IntPtr context);

        [DllImport(Library)] internal static extern int hp_process_start(IntPtr context, IntPtr options, out IntPtr process, ref IntPtr error);
        [DllImport(Library)] internal static extern int hp_process_wait(IntPtr process, long timeout, ref IntPtr error);
        [DllImport(Library)] internal static extern int hp_process_shutdown(IntPtr process, long timeout, ref IntPtr error);
        [DllImport(Library)] internal static extern void hp_process_close(IntPtr process);
        [DllImport(Library)] internal static extern IntPtr hp_process_endpoint(IntPtr process);
        [DllImport(Library)] internal static extern IntPtr hp_process_descriptor(IntPtr process);
        [DllImport(Library)] internal static extern IntPtr hp_process_transport(IntPtr process);
        [DllImport(Library)] internal static extern IntPtr hp_process_path(IntPtr process);
        [DllImport(Library)] internal static extern IntPtr hp_process_host(IntPtr process);
        [DllImport(Library)] internal static extern ushort hp_process_port(IntPtr process);
        [DllImport(Library)] internal static extern long hp_process_pid(IntPtr process);
        [DllImport(Library)] internal static extern int hp_process_state(IntPtr process);
        [DllImport(Library)] [return: MarshalAs(UnmanagedType.I1)] internal static extern bool hp_process_is_alive(IntPtr process);
        [DllImport(Library)] [return: MarshalAs(UnmanagedType.I1)] internal static extern bool hp_process_is_verified(IntPtr process);
        [DllImport(Library)] internal static extern IntPtr hp_process_stop_rung(IntPtr process);
        [DllImport(Library)] internal static extern IntPtr hp_state_name(int state);

        internal delegate int Call(ref IntPtr error);

        /// <summary>Throws what a call leaves in the place behind its arguments.</summary>
        internal static void Check(Call call)
        {
            IntPtr error = IntPtr.Zero;
            if (call(ref error) >= 0)
                return;
            if (error == IntPtr.Zero)
                throw new OutOfMemoryException();
            try
            {
                throw new HyperException(error);
            }
            finally
            {
                hp_error_free(error);
            }
        }

        internal static byte[] Encode(string text)
        {
            return text == null ? null : Encoding.UTF8.GetBytes(text + "\0");
        }

        internal static string Text(IntPtr text)
        {
            if (text == IntPtr.Zero)
                return null;
            int length = 0;
            while (Marshal.ReadByte(text, length) != 0)
                length++;
            byte[] bytes = new byte[length];
            Marshal.Copy(text, bytes, 0, length);
            return Encoding.UTF8.GetString(bytes);
        }
    }
}
