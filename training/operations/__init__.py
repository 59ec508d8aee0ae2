"""The verbs of training: teach, learn, and certify what was learned."""

from training.operations.learn import LessonNotTaught, complete_lesson, enroll
from training.operations.quiz import AnswersMissing, LessonsUnread, begin_attempt, submit_attempt
from training.operations.teach import load_course_from, publish, publish_course_from, withdraw
