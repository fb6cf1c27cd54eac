using System.Collections;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Elsa.Extensions;
using Elsa.Http;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using ReleaseWorkflows.Runtime.AspNetCore.Email;
using ReleaseWorkflows.Runtime.Expressions;
using ReleaseWorkflows.Runtime.OutsideWork;

namespace Elsa.Email.Activities
{
    /// <summary>
    /// Sends an e-mail, after the burst has committed. A crash sends it again with the same <c>Message-ID</c>; the activity goes on once.
    /// </summary>
    [Activity("Elsa", "Email", "Send an email message.", DisplayName = "Send Email", Kind = ActivityKind.Task)]
    public class SendEmail : Activity
    {
        /// <summary>Creates the activity.</summary>
        public SendEmail([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
            : base(source, line)
        {
        }

        /// <summary>Sender. Default: that of the settings.</summary>
        [Input(Description = "The sender's email address.")]
        public Input<string?> From { get; set; } = null!;

        /// <summary>Recipients.</summary>
        [Input(Description = "The recipients' email addresses.", UIHint = InputUIHints.MultiText)]
        public Input<ICollection<string>> To { get; set; } = null!;

        /// <summary>Recipients of a copy.</summary>
        [Input(Description = "The cc recipients' email addresses.", UIHint = InputUIHints.MultiText, Category = "More")]
        public Input<ICollection<string>> Cc { get; set; } = null!;

        /// <summary>Recipients of a copy whom the others do not see.</summary>
        [Input(Description = "The bcc recipients' email addresses.", UIHint = InputUIHints.MultiText, Category = "More")]
        public Input<ICollection<string>> Bcc { get; set; } = null!;

        /// <summary>Subject.</summary>
        [Input(Description = "The subject of the email message.")]
        public Input<string?> Subject { get; set; } = null!;

        /// <summary>Files: bytes, a file, or a list of these.</summary>
        [Input(Description = "The attachments: bytes, a file, or a list of these.", Category = "Attachments")]
        public Input<object?> Attachments { get; set; } = null!;

        /// <summary>Body in HTML.</summary>
        [Input(Description = "The body of the email message, in HTML.", UIHint = InputUIHints.MultiLine)]
        public Input<string?> Body { get; set; } = null!;

        /// <summary>Runs if the e-mail cannot be sent.</summary>
        [Port]
        public IActivity? Error { get; set; }

        /// <inheritdoc />
        protected override void Execute(ActivityExecutionContext context)
        {
            var attachments = new List<HttpFile>();
            Collect(Attachments.GetOrDefault(context), attachments);
            context.RequestOutsideWork(
                EmailWorkHandler.WorkKind,
                new EmailLetter
                {
                    From = From.GetOrDefault(context) is { } from && !string.IsNullOrWhiteSpace(from) ? from : null,
                    To = [.. To.GetOrDefault(context) ?? []],
                    Cc = [.. Cc.GetOrDefault(context) ?? []],
                    Bcc = [.. Bcc.GetOrDefault(context) ?? []],
                    Subject = Subject.GetOrDefault(context) ?? "",
                    Body = Body.GetOrDefault(context) ?? "",
                    IsHtml = true,
                    Attachments = attachments,
                },
                OnEndedAsync);
        }

        private static void Collect(object? value, List<HttpFile> attachments)
        {
            switch (value)
            {
                case null:
                    break;
                case HttpFile file:
                    attachments.Add(file);
                    break;
                case byte[] bytes:
                    attachments.Add(new HttpFile("file", $"attachment-{attachments.Count + 1}", "application/octet-stream", bytes));
                    break;
                case IEnumerable items when value is not string:
                    foreach (var item in items)
                        Collect(item, attachments);
                    break;
                default:
                    throw new InvalidOperationException($"The input 'Attachments' has a value of the type {value.GetType().Name}; it takes bytes and files.");
            }
        }

        private async ValueTask OnEndedAsync(ActivityExecutionContext context)
        {
            if (context.GetOutsideWorkResult().Error is not { } error)
            {
                await context.CompleteActivityAsync();
                return;
            }

            context.JournalData["Error"] = error;
            context.AddExecutionLogEntry("Error", error);
            await context.ScheduleActivityAsync(Error, OnErrorCompletedAsync);
        }

        private async ValueTask OnErrorCompletedAsync(ActivityCompletedContext context) => await context.TargetContext.CompleteActivityAsync();
    }
}

namespace ReleaseWorkflows.Runtime.AspNetCore.Email
{
    /// <summary>Sends the e-mails of activities, outside any transaction.</summary>
    internal sealed class EmailWorkHandler(IEmailTransport transport) : IOutsideWorkHandler
    {
        public const string WorkKind = "e-mail";

        public string Kind => WorkKind;

        public async Task<object?> PerformAsync(OutsideWorkCall call, CancellationToken cancellationToken)
        {
            var letter = JsonSerializer.Deserialize<EmailLetter>(call.RequestJson, JsonValues.Options)!;
            var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(call.IdempotencyKey)))[..32];
            await transport.SendAsync(letter, $"{id}@releaseworkflows", cancellationToken);
            return null;
        }
    }
}
