/**
 * GitHub's own bounds on the inputs of one `workflow_dispatch`, branch not counted:
 * https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_dispatch
 * Until December 2025, and on older Enterprise Servers, there may be ten.
 */
export const mostWorkflowInputs = 25;
export const mostWorkflowInputCharacters = 65_535;
