"""What AWS calls its services: in ARNs, in principals, in actions; and what some of them can be called for."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SERVICE_NAMES = _words(
    "cloudformation cloudtrail dynamodb ec2 ecs eks iam identitystore kms lambda logs organizations s3 "
    "secretsmanager signin sns sqs ssm sso sts"
)
"""Services that ARNs are seen of; any other word in that place could be anything."""

RESOURCE_TYPES = _words(
    "vpc vpc-endpoint vpc-endpoint-service instance subnet organization ou cluster service task task-definition "
    "schedule schedule-group stateMachine execution express podidentityassociation trust-anchor profile function"
)
"""Types of resources besides those of IAM, as ARNs that services send begin with them."""

SERVICE_PRINCIPALS = SERVICE_NAMES | _words(
    "access-analyzer aiops amplify apidestinations apigateway appflow application-autoscaling apprunner appsync athena "
    "autoscaling backup batch bedrock bedrock-agentcore braket build cassandra chatbot cloud9 cloudfront "
    "cloudhsm codebuild codecommit codedeploy codepipeline cognito-identity cognito-idp config connect controltower "
    "datapipeline datasync dax delivery.logs dlm dms ds ec2fleet ecr ecs-tasks edgelambda eks-auth "
    "eks-fargate-pods elasticache elasticbeanstalk elasticfilesystem elasticloadbalancing elasticmapreduce email es "
    "events firehose fis forecast fsx gamelift glacier globalaccelerator glue grafana greengrass guardduty health "
    "imagebuilder inspector iot ivs kafka kafkaconnect kendra kinesis kinesisanalytics lakeformation lex lightsail "
    "macie mediaconvert member monitoring mq network-firewall oidc omics opensearchservice opsworks pipes pods "
    "quicksight ram rds redshift redshift-serverless rekognition replicator resource-groups robomaker rolesanywhere "
    "route53 "
    "sagemaker scheduler securityhub securitylake serverlessrepo servicecatalog servicediscovery ses shield "
    "signin spotfleet ssm-incidents sso states storagegateway streams support swf tagger tasks textract timestream "
    "transcribe transfer translate trustedadvisor vmie vpc-flow-logs waf wafv2 workspaces xray"
)
"""What the names of service principals are made of, besides Regions and what all of them end in."""

ACTION_PREFIXES = _words(
    """
    a2c a4b access-analyzer account acm acm-pca activate airflow amplify amplifybackend amplifyuibuilder aoss
    apigateway app-integrations appconfig appfabric appflow application-autoscaling application-cost-profiler
    application-transformation applicationinsights appmesh appmesh-preview apprunner appstream appsync aps
    arc-zonal-shift arsenal artifact athena auditmanager autoscaling autoscaling-plans aws-marketplace
    aws-marketplace-management aws-mcp aws-portal awsconnector backup backup-gateway backup-storage batch
    bcm-data-exports bedrock billing billingconductor braket budgets bugbust cases cassandra ce chatbot chime
    cleanrooms cloud9 clouddirectory cloudformation cloudfront cloudhsm cloudsearch cloudshell cloudtrail
    cloudtrail-data cloudwatch codeartifact codebuild codecatalyst codecommit codeconnections codedeploy
    codedeploy-commands-secure codeguru codeguru-profiler codeguru-reviewer codeguru-security codepipeline codestar
    codestar-connections codestar-notifications codewhisperer cognito-identity cognito-idp cognito-sync comprehend
    comprehendmedical compute-optimizer config connect connect-campaigns consoleapp consolidatedbilling controlcatalog
    controltower cost-optimization-hub cur customer-verification databrew dataexchange datapipeline datasync datazone
    dax dbqms deepcomposer deeplens deepracer detective devicefarm devops-guru directconnect discovery dlm dms
    docdb-elastic drs ds dynamodb ebs ec2 ec2-instance-connect ec2messages ecr ecr-public ecs eks eks-auth
    elastic-inference elasticache elasticbeanstalk elasticfilesystem elasticloadbalancing elasticmapreduce
    elastictranscoder elemental-activations elemental-appliances-software elemental-support-cases
    elemental-support-content emr-containers emr-serverless entityresolution es events evidently execute-api finspace
    finspace-api firehose fis fms forecast frauddetector freertos freetier fsx gamelift geo glacier globalaccelerator
    glue grafana greengrass groundstation groundtruthlabeling guardduty health healthlake honeycode iam identity-sync
    identitystore identitystore-auth imagebuilder importexport inspector inspector-scan inspector2 internetmonitor
    invoicing iot iot-device-tester iot1click iotanalytics iotdeviceadvisor iotevents iotfleethub iotfleetwise
    iotjobsdata iotroborunner iotsitewise iottwinmaker iotwireless iq iq-permission ivs ivschat kafka kafka-cluster
    kafkaconnect kendra kendra-ranking kinesis kinesisanalytics kinesisvideo kms lakeformation lambda launchwizard lex
    license-manager license-manager-linux-subscriptions license-manager-user-subscriptions lightsail logs
    lookoutequipment lookoutmetrics lookoutvision m2 machinelearning macie macie2 managedblockchain
    managedblockchain-query mapcredits marketplacecommerceanalytics mechanicalturk mediaconnect mediaconvert
    mediaimport medialive mediapackage mediapackage-vod mediapackagev2 mediastore mediatailor medical-imaging memorydb
    mgh mgn migrationhub-orchestrator migrationhub-strategy mobileanalytics mobiletargeting monitron mq neptune-db
    network-firewall networkmanager nimble notifications notifications-contacts oam omics opsworks opsworks-cm
    organizations osis outposts panorama payment-cryptography payments pca-connector-ad pca-connector-scep personalize
    pi pipes polly pricing private-networks profile proton purchase-orders q qbusiness qldb quicksight ram rbin rds
    rds-data rds-db redshift redshift-data redshift-serverless refactor-spaces rekognition resiliencehub
    resource-explorer resource-explorer-2 resource-groups rhelkb robomaker rolesanywhere route53
    route53-recovery-cluster route53-recovery-control-config route53-recovery-readiness route53domains route53resolver
    rum s3 s3-object-lambda s3-outposts s3express s3tables sagemaker sagemaker-geospatial
    sagemaker-groundtruth-synthetic savingsplans scheduler schemas scn sdb secretsmanager securityhub securitylake
    serverlessrepo servicecatalog servicediscovery serviceextract servicequotas ses shield signer signin
    simspaceweaver sms sms-voice snow-device-management snowball sns sqlworkbench sqs ssm ssm-contacts ssm-guiconnect
    ssm-incidents ssm-sap ssmmessages sso sso-directory sso-oauth states storagegateway sts support supportapp
    supportplans sustainability swf synthetics tag tax textract timestream tiros tnb transcribe transfer translate
    trustedadvisor user-subscriptions vendor-insights verified-access verifiedpermissions voiceid vpc-lattice
    vpc-lattice-svcs waf waf-regional wafv2 wam wellarchitected wickr wisdom workdocs worklink workmail
    workmailmessageflow workspaces workspaces-web xray
    """
)
"""What actions begin with, before the colon.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

CALLS = _words(
    """
    AcceptDelegationRequest AcceptHandshake AcquireRole AddClientIDToOpenIDConnectProvider AddRoleToInstanceProfile
    AddUserToGroup AssociateDelegationRequest AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot
    AttachGroupPolicy AttachPolicy AttachRolePolicy AttachUserPolicy CancelHandshake ChangePassword CloseAccount
    CreateAccessKey CreateAccount CreateAccountAlias CreateDelegationRequest CreateGovCloudAccount CreateGroup
    CreateInstanceProfile CreateLoginProfile CreateOpenIDConnectProvider CreateOrganization CreateOrganizationalUnit
    CreatePolicy CreatePolicyVersion CreateRole CreateSAMLProvider CreateServiceLinkedRole
    CreateServiceSpecificCredential CreateUser CreateVirtualMFADevice DeactivateMFADevice DeclineHandshake
    DecodeAuthorizationMessage DeleteAccessKey DeleteAccountAlias DeleteAccountPasswordPolicy DeleteGroup
    DeleteGroupPolicy DeleteInstanceProfile DeleteLoginProfile DeleteOpenIDConnectProvider DeleteOrganization
    DeleteOrganizationalUnit DeletePolicy DeletePolicyVersion DeleteResourcePolicy DeleteRole
    DeleteRolePermissionsBoundary DeleteRolePolicy DeleteSAMLProvider DeleteSSHPublicKey DeleteServerCertificate
    DeleteServiceLinkedRole DeleteServiceSpecificCredential DeleteSigningCertificate DeleteUser
    DeleteUserPermissionsBoundary DeleteUserPolicy DeleteVirtualMFADevice DeregisterDelegatedAdministrator
    DescribeAccount DescribeCreateAccountStatus DescribeEffectivePolicy DescribeHandshake DescribeOrganization
    DescribeOrganizationalUnit DescribePolicy DescribeResourcePolicy DescribeResponsibilityTransfer DetachGroupPolicy
    DetachPolicy DetachRolePolicy DetachUserPolicy DisableAWSServiceAccess
    DisableOrganizationsRootCredentialsManagement DisableOrganizationsRootSessions
    DisableOutboundWebIdentityFederation DisablePolicyType EnableAWSServiceAccess EnableAllFeatures EnableMFADevice
    EnableOrganizationsRootCredentialsManagement EnableOrganizationsRootSessions EnableOutboundWebIdentityFederation
    EnablePolicyType GenerateCredentialReport GenerateOrganizationsAccessReport GenerateServiceLastAccessedDetails
    GetAccessKeyInfo GetAccessKeyLastUsed GetAccountAuthorizationDetails GetAccountPasswordPolicy
    GetAccountProperties GetAccountSummary GetCallerIdentity GetContextKeysForCustomPolicy
    GetContextKeysForPrincipalPolicy GetCredentialReport GetDelegatedAccessToken GetDelegationRequest
    GetFederationToken GetGroup GetGroupPolicy GetHumanReadableSummary GetInstanceProfile GetLoginProfile
    GetMFADevice GetOpenIDConnectProvider GetOrganizationsAccessReport GetOutboundWebIdentityFederationInfo GetPolicy
    GetPolicyVersion GetRole GetRolePolicy GetRoleTemplateVersion GetSAMLProvider GetSSHPublicKey
    GetScopedCredentials GetServerCertificate GetServiceLastAccessedDetails GetServiceLastAccessedDetailsWithEntities
    GetServiceLinkedRoleDeletionStatus GetSessionToken GetUser GetUserPolicy GetWebIdentityToken
    InviteAccountToOrganization InviteOrganizationToTransferResponsibility LeaveOrganization
    ListAWSServiceAccessForOrganization ListAccessKeys ListAccountAliases ListAccounts ListAccountsForParent
    ListAccountsWithInvalidEffectivePolicy ListAttachedGroupPolicies ListAttachedRolePolicies
    ListAttachedUserPolicies ListChildren ListCreateAccountStatus ListDelegatedAdministrators
    ListDelegatedServicesForAccount ListDelegationRequests ListEffectivePolicyValidationErrors ListEntitiesForPolicy
    ListGroupPolicies ListGroups ListGroupsForUser ListHandshakesForAccount ListHandshakesForOrganization
    ListInboundResponsibilityTransfers ListInstanceProfileTags ListInstanceProfiles ListInstanceProfilesForRole
    ListMFADeviceTags ListMFADevices ListOpenIDConnectProviderTags ListOpenIDConnectProviders
    ListOrganizationalUnitsForParent ListOrganizationsFeatures ListOutboundResponsibilityTransfers ListParents
    ListPolicies ListPoliciesForTarget ListPoliciesGrantingServiceAccess ListPolicyTags ListPolicyVersions
    ListRolePolicies ListRoleTags ListRoles ListRoots ListSAMLProviderTags ListSAMLProviders ListSSHPublicKeys
    ListServerCertificateTags ListServerCertificates ListServiceSpecificCredentials ListSigningCertificates
    ListTagsForResource ListTargetsForPolicy ListUserPolicies ListUserTags ListUsers ListVirtualMFADevices
    MoveAccount PassRole PutAccountProperties PutGroupPolicy PutResourcePolicy PutRolePermissionsBoundary
    PutRolePolicy PutUserPermissionsBoundary PutUserPolicy RegisterDelegatedAdministrator RejectDelegationRequest
    RemoveAccountFromOrganization RemoveClientIDFromOpenIDConnectProvider RemoveRoleFromInstanceProfile
    RemoveUserFromGroup ResetServiceSpecificCredential ResyncMFADevice SendDelegationToken SetContext
    SetDefaultPolicyVersion SetSecurityTokenServicePreferences SetSourceIdentity SimulateCustomPolicy
    SimulatePrincipalPolicy TagInstanceProfile TagMFADevice TagOpenIDConnectProvider TagPolicy TagResource TagRole
    TagSAMLProvider TagServerCertificate TagSession TagUser TerminateResponsibilityTransfer UntagInstanceProfile
    UntagMFADevice UntagOpenIDConnectProvider UntagPolicy UntagResource UntagRole UntagSAMLProvider
    UntagServerCertificate UntagUser UpdateAccessKey UpdateAccountPasswordPolicy UpdateAssumeRolePolicy
    UpdateDelegationRequest UpdateGroup UpdateLoginProfile UpdateOpenIDConnectProvider
    UpdateOpenIDConnectProviderThumbprint UpdateOrganizationalUnit UpdatePolicy UpdateResponsibilityTransfer
    UpdateRole UpdateRoleDescription UpdateSAMLProvider UpdateSSHPublicKey UpdateServerCertificate
    UpdateServiceSpecificCredential UpdateSigningCertificate UpdateUser UploadSSHPublicKey UploadServerCertificate
    UploadSigningCertificate
    """
)
"""What STS, IAM and AWS Organizations can be called for, and what needs a permission of its own besides.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""
