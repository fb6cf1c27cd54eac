namespace ReleaseWorkflows.Persistence.Database.Packing;

/// <summary>
/// What the platform's JSON is made of, in the order in which it is written: the texts that <see cref="PackedText"/> need not store. No line of it may change,
/// ever: rows refer to its places. A better one would be a second one, with a mark of its own.
/// </summary>
internal static class PackedTextDictionary
{
    /// <summary>At most so many bytes: places are told in 14 bits.</summary>
    public const int MaximumLength = 1 << 14;

    // Line breaks are for people only.
    private const string Text = """
        {"$type":"package-build-failed","reason":"{"$type":"package-build-retried","at":"{"$type":"basic-information-edited","basicInformation":{"name":"{"$ty
        pe":"request-withdrawn","at":"{"$type":"request-rejected","reason":"","category":"Other","allowsSamePackage":true,"at":"{"$type":"review-stage-opened"
        ,"stage":{"name":"{"$type":"reviewers-changed","stage":{"name":"{"$type":"request-expired","reason":"{"$type":"approval-given","stage":"","comment":""
        ,"given":1,"required":2,"at":"{"$type":"testers-changed","added":,"removed":0,"total":,"examples":["+","+"],"at":"{"$type":"release-prepared","at":"{"
        $type":"grayscale-chosen","at":"{"$type":"rollout-held","reason":"{"$type":"rollout-resumed","reason":"{"$type":"freeze-overridden","reason":"{"$type"
        :"went-live","mode":"AfterGrayscale","at":"{"$type":"went-live","mode":"Direct","at":"{"$type":"canceled","reason":"{"$type":"archived","supersededBy"
        :"{"$type":"taken-offline","reason":"{"$type":"configuration-edited","override":{},"effective":{},"isGlobalChange":false,"at":"{"release":"","configur
        ationHash":""}{"to":"","subject":"Approved: ,"text":"Hello ,\n\n approved your request to release .\n\nComment:\n.\n\nThe release goes on; its page sa
        ys what comes next.\n\nRelease \n"}{"ReleaseId":"","Commands":["complete-build","fail-build","retry-build","cancel"]}{"ReleaseId":"","Commands":["appr
        ove","reject","withdraw"]}{"ReleaseId":"","Commands":["complete-pilot","cancel"]}{"ReleaseId":"","Commands":["go-live","grayscale","cancel"]}{"Release
        Id":"","Commands":["grayscale","go-live","cancel"]}{"ReleaseId":"","Commands":["apply","edit-configuration","refresh-configuration","complete-build","
        fail-build","retry-build"]}{"activities":[{"id":"Workflow1","node":"Workflow1","type":"Elsa.Workflow","version":1,"name":"Release pipeline"},{"id":"fl
        ow","node":"Workflow1:flow","type":"Elsa.Flowchart","version":1,"name":"Flow"},{"id":"prepare","node":"Workflow1:flow:prepare","type":"ReleaseWorkflow
        s.PrepareRelease","version":1,"name":"Prepare"},{"id":"build","node":"Workflow1:flow:build","type":"ReleaseWorkflows.BuildPackage","version":1,"name":
        "Build"},{"id":"route","node":"Workflow1:flow:route","type":"Elsa.FlowSwitch","version":1,"name":"Route"},{"id":"production-application","node":"Workf
        low1:flow:production-application","type":"ReleaseWorkflows.AwaitApplication","version":1,"name":"ProductionApplication"},{"id":"production-review","no
        de":"Workflow1:flow:production-review","type":"ReleaseWorkflows.RequestReview","version":1,"name":"ProductionReview"},{"id":"production-skips-pilot","
        node":"Workflow1:flow:production-skips-pilot","type":"Elsa.FlowDecision","version":1,"name":"ProductionSkipsPilot"},{"id":"production-pilot","node":"W
        orkflow1:flow:production-pilot","type":"ReleaseWorkflows.PilotTesting","version":1,"name":"ProductionPilot"},{"id":"production-type","node":"Workflow1
        :flow:production-type","type":"ReleaseWorkflows.ChooseReleaseType","version":1,"name":"ProductionType"},{"id":"production-grayscale","node":"Workflow1
        :flow:production-grayscale","type":"ReleaseWorkflows.GrayscaleRollout","version":1,"name":"ProductionGrayscale"},{"id":"production-tell-live","node":"
        Workflow1:flow:production-tell-live","type":"ReleaseWorkflows.NotifyApplicant","version":1,"name":"ProductionTellLive"},{"id":"flow","node":"Workflow1
        :flow","type":"Elsa.Flowchart","version":1,"name":"Flow"}],"lines":[{"sequence":0,"at":179,"execution":"","activity":0,"event":"Started","source":"Def
        initionReader.cs:143"},{"sequence":,"at":,"execution":"","parent":"","activity":1,"event":"Started"},{"sequence":,"at":,"execution":"","parent":"","ac
        tivity":2,"event":"Started"},{"sequence":,"at":,"execution":"","parent":"","activity":2,"event":"Completed"},{"sequence":,"at":,"execution":"","parent
        ":"","activity":3,"event":"Started"},{"sequence":,"at":,"execution":"","parent":"","activity":3,"event":"Suspended"},{"sequence":,"at":,"execution":""
        ,"parent":"","activity":0,"event":"Resumed"},{"sequence":,"at":,"execution":"","parent":"","activity":0,"event":"Completed"},{"sequence":,"at":,"execu
        tion":"","parent":"","activity":1,"event":"Started"},{"sequence":,"at":,"execution":"","parent":"","activity":1,"event":"Completed"},{"sequence":,"at"
        :,"execution":"","parent":"","activity":1,"event":"Suspended"},{"sequence":,"at":,"execution":"","parent":"","activity":2,"event":"Suspended"}],"execu
        tions":[{"id":"","activity":0,"status":"Running","startedAt":179},{"id":"","activity":1,"status":"Running","startedAt":,"scheduledBy":"","scheduledByA
        ctivity":"Workflow1","depth":1},{"id":"","activity":0,"status":"Completed","startedAt":,"completedAt":,"scheduledBy":"","scheduledByActivity":"flow","
        depth":2,"details":{"outputs":{},"journal":{"Outcomes":["Completed"]}}},{"id":"","activity":2,"status":"Completed","startedAt":,"completedAt":,"schedu
        ledBy":"","scheduledByActivity":"flow","depth":2,"details":{"outputs":{"Environment":"Production","App":""}}},{"outputs":{"NeedsReview":true,"HasPilot
        ":true},"journal":{"Outcomes":["Applied"]}}},{"inputs":{"Approvals":1,"IsLast":true},"outputs":{"Decision":"Approved"},"journal":{"Outcomes":["Approve
        d"]}}},{"inputs":{"Mode":"MatchFirst"},"outputs":{},"journal":{"Outcomes":["Production"]}}},{"inputs":{"Condition":false},"outputs":{},"journal":{"Out
        comes":["Built"]["False"]["Grayscale"]["Full"]{"inputs":{"Message":"Your version is live in Production for everyone."},"outputs":{}}}]}{"id":"","activ
        ity":2,"status":"Running","startedAt":,"waits":1,"scheduledBy":"","scheduledByActivity":"flow","depth":2},{"id":"","activity":3,"status":"Running","st
        artedAt":,"waits":1,"scheduledBy":"","scheduledByActivity":"flow","depth":2}]}{"$type":"package-built","package":{"digest":"","size":,"fileCount":,"co
        nfigurationHash":""},"report":{"findings":[],"total":0},"at":"202+00:00","by":"system","byName":"ReleaseWorkflows"}{"$type":"percentage-raised","perce
        ntage":10,"at":"{"$type":"request-approved","comment":"","isAutomatic":true,"isAutomatic":false,"at":"202+00:00","by":"","byName":""}{"$type":"pilot-s
        tarted","at":"{"$type":"pilot-completed","warning":"The pilot was completed without a single tester.","at":"202{"$type":"application-submitted","reque
        st":"","snapshot":{"packageDigest":"","sourceDigest":"","configurationHash":"","basicInformationHash":""},"policy":{"environment":"Production","review
        ":"Manual","pilot":"Offered","minimumTesters":0,"minimumPilotHours":0,"testerIdKind":"UserId","allowSelfApproval":false,"firstVersionMustBeFull":false
        },"email":"@","basicInformation":{"name":"{"$type":"created","id":"","key":{"miniProgram":"","version":"1.0.0","app":"","environment":"Testing"},"envi
        ronment":"Development"},"environment":"Production"},"miniProgramWorkspace":"","appWorkspace":"","policy":{"environment":"Production","review":"Automat
        ic","pilot":"Required","pilot":"None","minimumTesters":"firstVersionMustBeFull":true},"sourceDigest":"","override":{},"effective":{"serverDomains":[""
        ,"api.example.com","images."],"webUrls":["https://","https://m."],"environmentVariables":{"":"https://api.","API_URL":"https://www."},"payment":{"merc
        hantId":""},"internalTesters":["",""],"features":{"":true,"":false}},"basicInformation":{"name":"","description":"","category":"","releaseNotes":""},"
        testSecret":"","at":"202{"id":"","key":{"miniProgram":"","version":"","app":"","environment":"Production"},"miniProgramWorkspace":"","appWorkspace":""
        ,"status":"UnderReview","status":"PilotTesting","status":"ReleasePreparation","status":"GrayscaleRelease","status":"FullRelease","status":"Canceled","
        status":"Archived","building":"Building","building":"BuildFailed","buildFailure":""status":"NewVersionCreated","building":"Ready","package":{"digest":
        "","size":,"fileCount":,"configurationHash":""},"sourceDigest":"","override":{},"effective":{"firstVersionMustBeFull":false},"request":{"id":"","numbe
        r":1,"mode":"Manual","snapshot":{"packageDigest":""basicInformationHash":""},"applicant":"","applicantName":"","applicantEmail":"@","submittedAt":"202
        +00:00","approvals":[],"outcome":"Approved","decidedBy":"","decidedByName":"","decidedAt":"202+00:00","comment":"","outcome":"InReview","allowsSamePac
        kage":false},"refusedPackages":[],"testerCount":0,"pilotStartedAt":"202+00:00","isPilotCompleted":true,"percentage":,"isFreezeOverridden":false,"mode"
        :"AfterGrayscale","mode":"Direct","refusedPackages":[],"testerCount":0,"isPilotCompleted":false,"isFreezeOverridden":false,"testSecret":"","detailsRev
        ision":1,"revision":,"createdBy":"","createdAt":"202+00:00","updatedAt":"202+00:00"}{"schema":1,"sequence":12,"input":{"ReleaseId":""},"contexts":[{"i
        d":"","activity":"Workflow1","status":2,"completedAt":"202,"status":1,"startedAt":"202+00:00","variables":[{"id":"variable-environment","value":"Produ
        ction"},{"id":"variable-app","value":""},{"id":"variable-needs-review","value":true},{"id":"variable-has-pilot","value":true}]},{"id":"variable-needs-
        review","value":null},{"id":"variable-has-pilot","value":null}]},{"id":"","activity":"flow","parent":"","status":1,"executions":2,"startedAt":"202+00:
        00","scheduledBy":"","scheduledByActivity":"Workflow1","properties":{"Flowchart:Scope":{"start":0,"visits":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,
        1,0,0,0,0,0,0,0,0],"arrivals":[1,1,0,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,0,0,1,1,1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0],"followed":[true,false,false,true,false,
        false,false,true,false,false,false,false,false,false,true,true,false],"deferred":[],"mode":"CounterBased","tokens":[]}},"completion":{"owner":"","meth
        od":"OnRootCompletedAsync"}},{"id":"","activity":"production-","parent":"","status":1,"startedAt":"202+00:00","scheduledBy":"","scheduledByActivity":"
        flow","completion":{"owner":"","method":"OnChildCompletedAsync"}}],"bookmarks":[{"id":"","name":"ReleaseWorkflows.ReleaseCommand","hash":"","context":
        "","createdAt":"202+00:00","callback":"OnCommandAsync","autoBurn":false,"autoComplete":false,"payload":{"ReleaseId":"","Commands":[""]}}],"outputs":[{
        "activity":"prepare","name":"Environment","value":"Production"},{"activity":"prepare","name":"App","value":""},{"activity":"production-application","n
        ame":"NeedsReview","value":true},{"activity":"production-application","name":"HasPilot","value":true},{"activity":"production-review","name":"Decision
        ","value":"Approved"}]}
        """;

    /// <summary>The bytes that places refer to.</summary>
    public static byte[] Create() => System.Text.Encoding.UTF8.GetBytes(Text.ReplaceLineEndings(""));
}
