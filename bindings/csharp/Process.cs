/* SPDX-License-Identifier: MIT */
/* UNTESTED with .NET: compiled and run by Mono on Linux only. */
using System;
using System.Collections.Generic;

namespace Hyperprocess
{
    /// <summary>What one user wants of a server; null is the profile's or the definition's own word.</summary>
    public class Options
    {
        public string Server, File, Profile, Transport, DataDir, LogDir, Binary;
        public TimeSpan? StartTimeout;
        public IEnumerable<string> Arguments = new string[0];
        public IDictionary<string, string> Settings = new Dictionary<string, string>();
        /// <summary>A value of null removes the variable.</summary>
        public IDictionary<string, string> Environment = new Dictionary<string, string>();

        private delegate int Setter(IntPtr options, byte[] value, ref IntPtr error);

        internal void Fill(IntPtr options)
        {
            Set(options, Native.hp_options_set_server, Server);
            Set(options, Native.hp_options_set_file, File);
            Set(options, Native.hp_options_set_profile, Profile);
            Set(options, Native.hp_options_set_transport, Transport);
            Set(options, Native.hp_options_set_data_dir, DataDir);
            Set(options, Native.hp_options_set_log_dir, LogDir);
            Set(options, Native.hp_options_set_binary, Binary);
            foreach (string argument in Arguments)
                Set(options, Native.hp_options_add_argument, argument);
            foreach (var one in Settings)
                Native.Check((ref IntPtr error) => Native.hp_options_set(options, Native.Encode(one.Key),
                    Native.Encode(one.Value), ref error));
            foreach (var one in Environment)
                Native.Check((ref IntPtr error) => Native.hp_options_set_environment(options, Native.Encode(one.Key),
                    Native.Encode(one.Value), ref error));
            if (StartTimeout.HasValue)
                Native.Check((ref IntPtr error) => Native.hp_options_set_start_timeout(options,
                    (long)StartTimeout.Value.TotalMilliseconds, ref error));
        }

        private static void Set(IntPtr options, Setter setter, string value)
        {
            if (value != null)
                Native.Check((ref IntPtr error) => setter(options, Native.Encode(value), ref error));
        }
    }

    /// <summary>One server: the constructor returns when it is ready, Dispose() stops it. What is called on
    /// one of several threads must have returned before another one disposes of it.</summary>
    public class Process : IDisposable
    {
        private IntPtr context, process;

        public Process(Options options)
        {
            try
            {
                Start(options);
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        private void Start(Options wanted)
        {
            IntPtr options = IntPtr.Zero;
            Native.Check((ref IntPtr error) => Native.hp_context_new(out context, ref error));
            Native.Check((ref IntPtr error) => Native.hp_options_new(out options, ref error));
            try
            {
                wanted.Fill(options);
                Native.Check((ref IntPtr error) => Native.hp_process_start(context, options, out process, ref error));
            }
            finally
            {
                Native.hp_options_free(options);
            }
        }

        private IntPtr Handle
        {
            get
            {
                if (process == IntPtr.Zero)
                    throw new ObjectDisposedException("Process");
                return process;
            }
        }

        /// <summary>Where it is reached: "unix:///run/…/s", "tcp://127.0.0.1:40123".</summary>
        public virtual string Endpoint { get { return Native.Text(Native.hp_process_endpoint(Handle)); } }
        /// <summary>The endpoint in the words of the server's own clients.</summary>
        public string Descriptor { get { return Native.Text(Native.hp_process_descriptor(Handle)); } }
        public string Transport { get { return Native.Text(Native.hp_process_transport(Handle)); } }
        public string Path { get { return Native.Text(Native.hp_process_path(Handle)); } }
        public string Host { get { return Native.Text(Native.hp_process_host(Handle)); } }
        public int Port { get { return Native.hp_process_port(Handle); } }
        public long Pid { get { return Native.hp_process_pid(Handle); } }
        public string State { get { return Native.Text(Native.hp_state_name(Native.hp_process_state(Handle))); } }
        public bool IsOpen { get { return process != IntPtr.Zero; } }
        public bool IsAlive { get { return Native.hp_process_is_alive(Handle); } }
        public bool IsVerified { get { return Native.hp_process_is_verified(Handle); } }
        public string StopRung { get { return Native.Text(Native.hp_process_stop_rung(Handle)); } }

        /// <summary>Until it has ended, by itself (an exception) or by a stop.</summary>
        public void Wait()
        {
            Native.Check((ref IntPtr error) => Native.hp_process_wait(Handle, -1, ref error));
        }

        /// <summary>Negative waits as long as it takes, 0 kills, positive waits so many ms, kills, and throws.</summary>
        public virtual void Shutdown(long timeoutMs = -1)
        {
            Native.Check((ref IntPtr error) => Native.hp_process_shutdown(Handle, timeoutMs, ref error));
        }

        /// <summary>Stops it within the budget of its definition. Never throws, may be called again.</summary>
        public void Dispose()
        {
            Native.hp_process_close(process);
            process = IntPtr.Zero;
            Native.hp_context_free(context);
            context = IntPtr.Zero;
            GC.SuppressFinalize(this);
        }

        ~Process()
        {
            Dispose();
        }
    }
}
